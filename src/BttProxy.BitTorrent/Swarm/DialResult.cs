namespace BttProxy.BitTorrent.Swarm;

/// <summary>How a dial to a peer ended.</summary>
internal enum DialResult
{
    Connected,
    /// <summary>The guard does not allow the address.</summary>
    Denied,
    /// <summary>Nobody is there, or the network failed.</summary>
    Unreachable,
    TimedOut,
    /// <summary>Somebody is there who does not speak the protocol, or not of this torrent.</summary>
    HandshakeFailed,
}
