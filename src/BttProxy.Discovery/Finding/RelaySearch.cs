using System.Net;
using System.Security.Cryptography;
using System.Threading.Channels;
using BttProxy.BitTorrent;
using BttProxy.Discovery.Announcing;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Dht;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;

namespace BttProxy.Discovery.Finding;

/// <summary>
/// One search for relays: what is cached goes out at once, then the rendezvous shards are asked, a few at a time, and every
/// socket met there is asked for its record. Records past their time go out last, and only if nothing newer was found.
/// </summary>
internal sealed class RelaySearch(
    IRelayDht dht, RelayCache cache, RecordCheck check, string network, RelayFinderOptions options, TimeProvider time)
{
    /// <summary>Expired cache entries that the DHT is asked about; each is one lookup.</summary>
    private const int MaxRefreshes = 16;
    private const int ConcurrentRefreshes = 4;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly SearchResults _results = new(check.AllowsPrivateAddresses, options.MaxQuestions);

    public ChannelReader<FoundRelay> Found => _results.Found;

    public DiscoveryReport Report() => _results.Report(dht.NodeCount, options.BootstrapNodes);

    /// <summary>Runs to its end, its time limit or cancellation; <see cref="Found"/> is complete afterwards.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.SearchTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var expired = OfferCache();
            try
            {
                await SearchDhtAsync(expired, both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The time limit: what was found so far is the answer.
            }

            OfferExpired(expired);
        }
        finally
        {
            _results.Complete();
        }
    }

    private List<CachedRelay> OfferCache()
    {
        var expired = new List<CachedRelay>();
        foreach (var relay in cache.Relays())
        {
            switch (check.Judge(relay.Record))
            {
                case RecordVerdict.Accepted:
                    _results.Accept(new FoundRelay(relay.Signed, relay.Record, RelaySource.Cache, relay.SeenAt));
                    break;
                case RecordVerdict.Expired:
                    expired.Add(relay);
                    break;
                default:
                    // Of another market that shares the file.
                    break;
            }
        }

        return expired;
    }

    private void OfferExpired(List<CachedRelay> expired)
    {
        foreach (var relay in expired.Where(relay => !_results.Contains(relay.Signed.Id)))
        {
            _results.Accept(new FoundRelay(relay.Signed, relay.Record, RelaySource.Cache, relay.SeenAt, IsExpired: true));
        }
    }

    private async Task SearchDhtAsync(List<CachedRelay> expired, CancellationToken cancellationToken)
    {
        await WaitForDhtAsync(cancellationToken).ConfigureAwait(false);
        if (dht.NodeCount == 0)
        {
            return;
        }

        var refreshing = RefreshAsync(expired, cancellationToken);
        try
        {
            await AskRendezvousAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await refreshing.ConfigureAwait(false);
        }

        // In a network that has just started, relays may still be on their way to the rendezvous.
        while (_results.FoundCount == 0 && expired.Count == 0)
        {
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            _results.StartRound();
            await AskRendezvousAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitForDhtAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (dht.NodeCount == 0 && time.GetElapsedTime(start) < options.DhtPatience)
        {
            await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AskRendezvousAsync(CancellationToken cancellationToken)
    {
        foreach (var epoch in RendezvousSchedule.SearchEpochs(time.GetUtcNow()))
        {
            var shards = Enumerable.Range(0, Rendezvous.ShardCount).ToArray();
            RandomNumberGenerator.Shuffle<int>(shards);
            foreach (var batch in shards.Chunk(options.ShardsAtOnce))
            {
                if (_results.AnsweredCount >= options.Enough)
                {
                    return;
                }

                await AskBatchAsync([.. batch.Select(shard => RendezvousSchedule.At(network, shard, epoch))], cancellationToken)
                    .ConfigureAwait(false);
            }

            // The neighbouring epoch is only for hosts whose clocks differ from ours.
            if (_results.AnsweredCount > 0)
            {
                return;
            }
        }
    }

    private async Task AskBatchAsync(InfoHash[] rendezvous, CancellationToken cancellationToken)
    {
        var sockets = Channel.CreateBounded<IPEndPoint>(options.MaxQuestions);
        var pumping = PumpAsync(rendezvous, sockets.Writer, cancellationToken);
        try
        {
            var bounds = new ParallelOptions { MaxDegreeOfParallelism = options.ConcurrentQuestions, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(sockets.Reader.ReadAllAsync(cancellationToken), bounds, AskAsync).ConfigureAwait(false);
        }
        finally
        {
            await pumping.ConfigureAwait(false);
        }
    }

    private async Task PumpAsync(InfoHash[] rendezvous, ChannelWriter<IPEndPoint> sockets, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(rendezvous.Select(infoHash => PumpAsync(infoHash, sockets, cancellationToken))).ConfigureAwait(false);
        }
        finally
        {
            sockets.Complete();
        }
    }

    private async Task PumpAsync(InfoHash rendezvous, ChannelWriter<IPEndPoint> sockets, CancellationToken cancellationToken)
    {
        await foreach (var socket in dht.FindAtRendezvousAsync(rendezvous, cancellationToken).ConfigureAwait(false))
        {
            if (_results.TryAsk(socket))
            {
                await sockets.WriteAsync(socket, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask AskAsync(IPEndPoint socket, CancellationToken cancellationToken)
    {
        if (await dht.AskSelfAsync(socket, cancellationToken).ConfigureAwait(false) is { } signed)
        {
            Judge(signed, RelaySource.Direct);
        }
        else
        {
            _results.Silent();
        }
    }

    private Task RefreshAsync(List<CachedRelay> expired, CancellationToken cancellationToken)
    {
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = ConcurrentRefreshes, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(expired.Take(MaxRefreshes), bounds, async (relay, token) =>
        {
            var stored = await dht.GetRecordAsync(relay.Signed.Id, token).ConfigureAwait(false);
            if (stored.Newest is { } signed)
            {
                Judge(signed, RelaySource.Dht);
            }
        });
    }

    private void Judge(SignedRelayRecord signed, RelaySource source)
    {
        var verdict = RecordVerdict.Banned;
        RelayRecord? record = null;
        if (!cache.IsBanned(signed.Id))
        {
            verdict = check.Judge(signed, cache.Find(signed.Id)?.Signed.Seq, out record);
        }

        if (record is null)
        {
            _results.Reject(verdict);
            return;
        }

        cache.Remember(signed, record);
        _results.Accept(new FoundRelay(signed, record, source, time.GetUtcNow()));
    }
}
