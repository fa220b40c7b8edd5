namespace BttProxy.Client;

/// <summary>What <c>bttproxy</c> answers to the shell. The numbers are part of the command line's contract and never change.</summary>
public enum ExitCode
{
    Success = 0,

    /// <summary>A bug of ours; the message says how to report it.</summary>
    Unexpected = 1,

    /// <summary>The command line itself is wrong.</summary>
    Usage = 2,

    /// <summary>A file, magnet link or info-hash cannot be used.</summary>
    BadInput = 3,

    /// <summary>No relay was found, or every one failed.</summary>
    NoRelay = 4,

    /// <summary>Only relays above --max-price, or the budget is spent.</summary>
    TooDear = 5,

    /// <summary>The wallet cannot pay.</summary>
    Funds = 6,

    /// <summary>The wallet file is missing, damaged, or the password is wrong.</summary>
    Wallet = 7,

    /// <summary>The content cannot be written or read on this disk.</summary>
    Disk = 8,

    /// <summary>The chain or the network's bootstrap nodes cannot be reached, or a port cannot be opened.</summary>
    Network = 9,

    /// <summary><c>voucher verify</c>: the signature is not one that the contract accepts. <c>wallet</c>: the contract refused.</summary>
    NotAccepted = 10,

    /// <summary><c>torrent</c>: not complete within <c>--timeout</c>; what was verified is kept.</summary>
    TimedOut = 11,

    /// <summary><c>torrent dht get</c>: no node has the item. <c>wallet withdraw</c>: no such channel.</summary>
    NotFound = 12,

    /// <summary>Ctrl-C or SIGTERM; what was verified is kept.</summary>
    Interrupted = 130,
}
