namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>Why a connection ended that did not end well.</summary>
internal enum UtpFailure
{
    None,
    /// <summary>Nobody answers, or not any more.</summary>
    Unreachable,
    /// <summary>The other side wants no connection.</summary>
    Refused,
    /// <summary>The other side has ended it.</summary>
    Reset,
}
