using System.Diagnostics;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>What a request waits for in the swarm, as spans. No attribute names a peer or a torrent.</summary>
internal static class SwarmTracing
{
    private static readonly ActivitySource Source = new("BttProxy.Swarm");

    public static Activity? PieceWait(bool hadPeers) => Source.StartActivity("swarm piece wait")?.SetTag("bttproxy.swarm.had_peers", hadPeers);

    public static Activity? MetadataWait() => Source.StartActivity("swarm metadata wait");
}
