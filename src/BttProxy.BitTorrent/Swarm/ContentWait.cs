namespace BttProxy.BitTorrent.Swarm;

/// <summary>A read that had to wait for a piece of the swarm.</summary>
/// <param name="Elapsed">How long.</param>
/// <param name="HadPeers">Some peer or web seed was connected when the wait began.</param>
public readonly record struct ContentWait(TimeSpan Elapsed, bool HadPeers);
