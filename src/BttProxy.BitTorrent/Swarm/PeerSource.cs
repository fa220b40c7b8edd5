namespace BttProxy.BitTorrent.Swarm;

/// <summary>Who named a peer's address; the smaller, the better.</summary>
internal enum PeerSource
{
    /// <summary>The user of the engine.</summary>
    Given = 0,
    Tracker = 1,
    Dht = 2,
    PeerExchange = 3,
}
