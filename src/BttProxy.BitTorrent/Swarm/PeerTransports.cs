namespace BttProxy.BitTorrent.Swarm;

/// <summary>What connections to peers run over.</summary>
public enum PeerTransports
{
    /// <summary>
    /// Taken in over both. Dialled over TCP, and over uTP after TCP failed: TCP costs a fraction of the processor time, uTP reaches hosts that
    /// TCP does not.
    /// </summary>
    TcpAndUtp,

    /// <summary>TCP only; no UDP port is opened.</summary>
    Tcp,

    /// <summary>uTP only (BEP 29).</summary>
    Utp,
}
