using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Fetching;

/// <summary>Looks for relays as long as a download lasts and probes each before it is ranked.</summary>
internal sealed class RelayScout(DownloadRun run, RelayProbe probe)
{
    private const int ConcurrentProbes = 8;

    private static readonly TimeSpan EmptyPause = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(20);

    private int _completedSearches;

    public int CompletedSearches => Volatile.Read(ref _completedSearches);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var bounds = new ParallelOptions { MaxDegreeOfParallelism = ConcurrentProbes, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(FindAsync(cancellationToken), bounds, ProbeAsync);
            Interlocked.Increment(ref _completedSearches);
            await Task.Delay(run.Pool.Count == 0 ? EmptyPause : LongPause, run.Market.TimeProvider, cancellationToken);
        }
    }

    private IAsyncEnumerable<RelayOffer> FindAsync(CancellationToken cancellationToken) =>
        run.Options.OnlyRelay is { } id ? FindOneAsync(id, cancellationToken) : run.Market.Relays.FindAsync(cancellationToken);

    private async IAsyncEnumerable<RelayOffer> FindOneAsync(
        RelayId id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await run.Market.Relays.FindAsync(id, cancellationToken) is { } offer)
        {
            yield return offer;
        }
    }

    private async ValueTask ProbeAsync(RelayOffer offer, CancellationToken cancellationToken)
    {
        if (run.Pool.Knows(offer))
        {
            return;
        }

        try
        {
            var relay = await probe.MeasureAsync(offer, cancellationToken);
            run.Pool.Add(relay);
            run.Report(
                DownloadEventKind.RelayFound, offer.Id, $"asks {relay.Offer.Price.ToBtt()}, answers in {relay.Latency.TotalMilliseconds:0} ms.");
        }
        catch (TunnelException failure)
        {
            run.Pool.AddUnusable(offer.Id, failure.Message);
            run.Report(DownloadEventKind.RelayUnusable, offer.Id, failure.Message);
        }
    }
}
