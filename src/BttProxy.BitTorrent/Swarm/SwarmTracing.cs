using System.Diagnostics;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>What a request waits for in the swarm, as spans beneath the request's. No attribute names a peer or a torrent.</summary>
internal static class SwarmTracing
{
    private static readonly ActivitySource Source = new("BttProxy.Swarm");

    public static Activity? Join() => Start("swarm.join");

    public static Activity? PieceWait(bool hadPeers) => Start("swarm.piece")?.SetTag("bttproxy.swarm.had_peers", hadPeers);

    public static Activity? MetadataWait() => Start("swarm.metadata");

    // What nobody asked for is no trace of its own.
    private static Activity? Start(string name) => Activity.Current is null ? null : Source.StartActivity(name);
}
