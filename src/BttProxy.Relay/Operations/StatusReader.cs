using System.Reflection;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Pricing;
using BttProxy.Relay.Sessions;
using BttProxy.Tron;

namespace BttProxy.Relay.Operations;

/// <summary>Gathers what the relay is doing, and finds what is wrong with it.</summary>
internal sealed class StatusReader(
    RunningParts parts, RelayOptions options, CurrentOffer offer, SessionRegistry sessions, SessionLister lister, EarningsReader earnings, StatusProblems problems,
    Lazy<RelayKeys> keys, Lazy<IChannelChain> chain)
{
    // A screen is worth less than a node's time-out.
    private static readonly TimeSpan ChainPatience = TimeSpan.FromSeconds(10);

    public async Task<StatusReport> ReadAsync(CancellationToken cancellationToken)
    {
        var asked = ChainAsync(cancellationToken);
        var rate = await lister.RateAsync(cancellationToken);
        var (record, (relayId, ownAddress)) = (parts.Record?.Invoke(), Names());
        var report = new StatusReport
        {
            State = parts.StartedAt is null ? RelayActivity.Stopped : parts.IsStopping() ? RelayActivity.Stopping : RelayActivity.Running,
            Problems = [],
            RelayId = relayId,
            Payee = record?.Payee.ToString() ?? options.Offer.Payee ?? ownAddress,
            Version = Version,
            StartedAt = parts.StartedAt,
            PublicEndPoints = [.. record?.Endpoints.Select(static endpoint => endpoint.ToIPEndPoint().ToString()) ?? []],
            PricePerMegabyte = record?.Price ?? offer.Price,
            NextPrice = offer.NextChange,
            Quotas = parts.Quotas?.Invoke(),
            HibernatesUntil = parts.Hibernation?.Until,
            Sessions = sessions.Count,
            Serving = sessions.All.Count(static session => session.IsServing),
            Rate = rate,
            Today = await earnings.TodayAsync(cancellationToken),
            Totals = await earnings.TotalsAsync(cancellationToken),
            Chain = await asked,
            Dht = Dht(),
            Cache = Cache(),
        };
        return report with { Problems = await problems.FindAsync(report, cancellationToken) };
    }

    private static string Version =>
        typeof(StatusReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private (string? RelayId, string? Payee) Names()
    {
        try
        {
            return (keys.Value.Identity.Id.ToString(), keys.Value.Authorizer.Address.ToString());
        }
        catch (Exception e) when (e is OperationException or RelayConfigurationException or IOException or UnauthorizedAccessException)
        {
            return (null, null);
        }
    }

    private async Task<ChainState> ChainAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ChainPatience);
        try
        {
            var head = await chain.Value.HeadAsync(patience.Token);
            var account = await chain.Value.SubmitterAsync(patience.Token);
            return new ChainState(head.Number, head.Timestamp, account.Address.ToString(), account.Sun, null);
        }
        catch (Exception e) when (e is ChainException or RelayConfigurationException or OperationException)
        {
            return new ChainState(null, null, null, null, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ChainState(null, null, null, null, $"No answer within {ChainPatience.TotalSeconds:0} s.");
        }
    }

    private DhtState? Dht()
    {
        if (parts.Dht is not { } node)
        {
            return null;
        }

        var found = parts.Announcer?.Announcement;
        return new DhtState(
            node.NodeCount, node.GetStatistics().Select(static stack => stack.ExternalAddress?.ToString()).FirstOrDefault(static address => address is not null),
            parts.Announcer is not null, found?.StoredCopies ?? 0, found?.PublishedAt, found?.AnnouncedTo ?? 0, found?.AnnouncedAt);
    }

    private CacheState? Cache() => parts.Swarm is { } swarm
        ? new CacheState(
            (swarm.CacheUsage?.HeldBytes ?? 0) + (swarm.CacheUsage?.PinnedBytes ?? 0), options.Cache.MaxBytes, swarm.Torrents.Count,
            Volume.FreeBytes(options.StateDirectory), options.Cache.MinFreeBytes)
        : null;
}
