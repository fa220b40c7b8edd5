using System.Security.Cryptography;
using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>
/// Announces a torrent to its trackers and dials the peers that they name. All tiers are asked at once, so that one that is dead holds up
/// nobody; of each, one tracker after the other until one answers. A private torrent knows one tracker at a time (BEP 27).
/// </summary>
internal sealed partial class TrackerPeerSource(SwarmContext context) : IDisposable
{
    private const int PeersWanted = 100;

    // Of all torrents: each is a socket, and trackers that are dead keep theirs for seconds.
    private const int MaxAnnounces = 64;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    // A tracker that nobody reaches must not hold up our end.
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(30);

    // A torrent without a single peer asks again before the interval is over, but no tracker more often than this.
    private static readonly TimeSpan AloneInterval = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _announces = new(MaxAnnounces);
    private readonly HttpTracker _http = new(context.Options.ConnectGuard, context.Options.ListenAddresses, context.TimeProvider);
    private readonly UdpTracker _udp = new(context.Options.ConnectGuard, context.Options.ListenAddresses, context.TimeProvider);

    public void Watch(Torrent torrent, TrackerTiers tiers)
    {
        var key = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        for (var i = 0; i < tiers.Count; i++)
        {
            var tier = i;
            context.Tasks.Run(cancellationToken => WatchAsync(torrent, key, tiers, tier, cancellationToken));
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _announces.Dispose();
    }

    private async Task WatchAsync(Torrent torrent, uint key, TrackerTiers tiers, int tier, CancellationToken cancellationToken)
    {
        var swarms = new List<TrackedTorrent>();
        try
        {
            // The first tier goes through all of a private torrent.
            while (!torrent.IsStopped && (tier == 0 || torrent.Info is not { IsPrivate: true }))
            {
                // A hybrid torrent (BEP 52) has two, of which the second may become known only with the metadata.
                swarms.AddRange(torrent.SwarmHashes.Skip(swarms.Count).Select(swarm => new TrackedTorrent(torrent, swarm, context, key)));
                foreach (var swarm in swarms.Where(swarm => swarm.IsDue(AloneInterval)))
                {
                    await AnnounceAsync(swarm, tiers, tier, cancellationToken);
                }
                await Task.Delay(Poll, context.TimeProvider, cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(swarms.Select(SayGoodbyeAsync));
        }
    }

    private async Task AnnounceAsync(TrackedTorrent torrent, TrackerTiers tiers, int tier, CancellationToken cancellationToken)
    {
        foreach (var tracker in torrent.IsPrivate ? tiers.InOrder() : tiers.InOrder(tier))
        {
            try
            {
                var request = torrent.Request(tracker, torrent.NextEvent(tracker), PeersWanted);
                var answer = await AskAsync(tracker, request, cancellationToken);
                tiers.Promote(tracker);
                torrent.OnAnswer(tracker, request.Event, answer);
                LogAnnounced(context.Logger, tracker.Host, answer.Peers.Count, answer.Interval, answer.Warning);
                return;
            }
            catch (IOException failure)
            {
                LogFailed(context.Logger, tracker.Host, failure.Message);
            }
        }
        torrent.OnFailure(FirstRetry, LastRetry);
    }

    private async Task<AnnounceAnswer> AskAsync(Uri tracker, AnnounceRequest request, CancellationToken cancellationToken)
    {
        await _announces.WaitAsync(cancellationToken);
        try
        {
            return tracker.Scheme == "udp"
                ? await _udp.AnnounceAsync(tracker, request, cancellationToken)
                : await _http.AnnounceAsync(tracker, request, cancellationToken);
        }
        finally
        {
            _announces.Release();
        }
    }

    private async Task SayGoodbyeAsync(TrackedTorrent torrent)
    {
        foreach (var tracker in torrent.Told)
        {
            try
            {
                using var timeout = new CancellationTokenSource(GoodbyeTimeout, context.TimeProvider);
                await AskAsync(tracker, torrent.Request(tracker, TrackerEvent.Stopped, peersWanted: 0), timeout.Token);
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException)
            {
                LogFailed(context.Logger, tracker.Host, failure.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Tracker {Tracker} names {Peers} peers, next announce in {Interval}; warning: {Warning}.")]
    private static partial void LogAnnounced(ILogger logger, string tracker, int peers, TimeSpan interval, string? warning);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Tracker {Tracker} was of no use: {Reason}.")]
    private static partial void LogFailed(ILogger logger, string tracker, string reason);
}
