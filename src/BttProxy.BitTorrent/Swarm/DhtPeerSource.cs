using BttProxy.BitTorrent.Dht;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Looks for peers in the DHT while a torrent wants some, and announces it there (BEP 5).</summary>
internal sealed class DhtPeerSource(DhtNode dht, SwarmContext context)
{
    private const int MaxBackOffAlone = 4;
    private const int MaxBackOff = 64;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    public void Watch(Torrent torrent) => context.Tasks.Run(cancellationToken => WatchAsync(torrent, cancellationToken));

    private async Task WatchAsync(Torrent torrent, CancellationToken cancellationToken)
    {
        var backOff = 1;
        long? nextLookup = null;
        long? nextAnnounce = null;
        while (!torrent.IsStopped && torrent.Info is not { IsPrivate: true })
        {
            var now = context.Clock.Now;
            if (torrent.IsWanting && torrent.PeerCount < context.Options.MaxPeersPerTorrent && now >= (nextLookup ?? 0))
            {
                foreach (var swarm in torrent.SwarmHashes)
                {
                    await foreach (var endPoint in dht.GetPeersAsync(swarm, cancellationToken))
                    {
                        torrent.AddPeer(endPoint, PeerSource.Dht);
                    }
                }
                nextLookup = context.Clock.Now + (long)(context.Options.LookupInterval.TotalMilliseconds * backOff);
                backOff = Math.Min(torrent.PeerCount == 0 ? MaxBackOffAlone : MaxBackOff, backOff * 2);
            }
            if (torrent.IsWorthAnnouncing && now >= (nextAnnounce ?? 0))
            {
                var stored = 0;
                foreach (var swarm in torrent.SwarmHashes)
                {
                    stored += await dht.AnnounceAsync(swarm, context.ListenPort, cancellationToken);
                }
                // Nobody took it: the DHT node has only just started.
                nextAnnounce = context.Clock.Now
                    + (long)(stored == 0 ? context.Options.LookupInterval : context.Options.AnnounceInterval).TotalMilliseconds;
            }
            await Task.Delay(Poll, context.TimeProvider, cancellationToken);
        }
    }
}
