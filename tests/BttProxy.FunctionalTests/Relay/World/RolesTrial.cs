using System.Net;
using System.Text.Json.Nodes;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Client.Settings;
using BttProxy.Discovery;
using BttProxy.Discovery.Caching;
using BttProxy.Discovery.Finding;
using BttProxy.Protocol.Money;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>
/// Many users download from a relay whose roles are processes of their own; the busier worker is killed, then the gateway. Both come back as
/// a supervisor would start them. Afterwards every byte and every voucher is counted.
/// </summary>
internal sealed class RolesTrial(MarketWorld world, int downloads)
{
    private static readonly TokenAmount Funds = TokenAmount.FromBtt(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Claiming = TimeSpan.FromMinutes(2);

    /// <summary>What came of it.</summary>
    /// <param name="Exact">Downloads that ended byte for byte.</param>
    /// <param name="MissingBytes">What users have not got in the end.</param>
    /// <param name="FetchedTwice">Bytes that came more than once.</param>
    /// <param name="Signed">By all users.</param>
    /// <param name="Accepted">In the relay's books.</param>
    /// <param name="Claimed">On the chain.</param>
    /// <param name="WorkerStop">The longest time for which a download stood still after the worker's end.</param>
    /// <param name="GatewayStop">The same after the gateway's.</param>
    /// <param name="HitByWorker">Downloads under way when the worker ended.</param>
    /// <param name="HitByGateway">Downloads under way when the gateway ended.</param>
    /// <param name="Resumed">Responses that went on on another worker.</param>
    /// <param name="ExitCodes">Of the processes, asked to stop in the end.</param>
    internal sealed record Outcome(
        int Exact, long MissingBytes, long FetchedTwice, TokenAmount Signed, TokenAmount Accepted, TokenAmount Claimed, TimeSpan WorkerStop,
        TimeSpan GatewayStop, int HitByWorker, int HitByGateway, double Resumed, IReadOnlyList<int> ExitCodes);

    public async Task<Outcome> RunAsync(CancellationToken cancellationToken)
    {
        await using var relay = await RelayProcesses.StartAsync(world, "roles", cancellationToken);
        using var cache = await RelayCache.OpenAsync(new RelayCacheOptions(), TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        await using var node = await StartDhtAsync(cancellationToken);
        var finder = new RelayFinder(node, cache, RelayMarket.Of(world.Network), Guard, new RelayFinderOptions(), TimeProvider.System);
        // Found once through the dht process; the users then have it from the cache they share, and begin together.
        await foreach (var _ in finder.FindAsync(cancellationToken))
        {
            break;
        }

        var users = new List<PayingDownload>();
        try
        {
            for (var i = 0; i < downloads; i++)
            {
                users.Add(await PayingDownload.PrepareAsync(world, new DhtRelayDirectory(finder, cache), $"user-{i}", Funds, cancellationToken));
            }

            users.ForEach(user => user.Start(cancellationToken));
            return await RunAsync(relay, users, cancellationToken);
        }
        finally
        {
            foreach (var user in users)
            {
                await user.DisposeAsync();
            }
        }
    }

    private static ConnectGuard Guard => new(new ConnectGuardOptions { AllowPrivateAddresses = true });

    private async Task<Outcome> RunAsync(RelayProcesses relay, List<PayingDownload> users, CancellationToken cancellationToken)
    {
        await UntilAsync(users, user => user.VerifiedBytes >= 0.1 * world.Content.Info.Length, cancellationToken);
        var worker = await relay.BusiestWorkerAsync(cancellationToken);
        await relay.KillAsync(worker, cancellationToken);
        var hitByWorker = Mark(users);
        // More than what was on its way: it comes from the other worker.
        await UntilAsync(users, user => user.BytesSinceMark >= 0.2 * world.Content.Info.Length, cancellationToken);
        var workerStop = users.Max(static user => user.LongestStop);
        var resumed = Scrape.Parse(await relay.AskAsync(RelayProcesses.Gateway, "metrics", cancellationToken))
            .Sum("bttproxy_relay_resume_total", ("result", "resumed"));

        await relay.KillAsync(RelayProcesses.Gateway, cancellationToken);
        var hitByGateway = Mark(users);
        var starting = Task.WhenAll(relay.StartAsync(RelayProcesses.Gateway, cancellationToken), relay.StartAsync(worker, cancellationToken));
        await UntilAsync(users, static user => user.Running.IsCompleted, cancellationToken);
        await starting;
        var gatewayStop = users.Max(static user => user.LongestStop);

        var (exact, fetched, signed) = (0, 0L, TokenAmount.Zero);
        foreach (var user in users)
        {
            exact += await user.IsExactAsync() ? 1 : 0;
            fetched += (await user.Running).FetchedBytes;
            signed += await user.SignedAsync(cancellationToken);
        }

        var (accepted, claimed) = await ClaimedAsync(relay, cancellationToken);
        var codes = await relay.StopAsync(cancellationToken);
        var all = world.Content.Info.Length * downloads;
        return new Outcome(
            exact, all - users.Sum(static user => user.VerifiedBytes), fetched - all, signed, accepted, claimed, workerStop, gatewayStop,
            hitByWorker, hitByGateway, resumed, [.. codes.Values]);
    }

    private static int Mark(List<PayingDownload> users)
    {
        users.ForEach(static user => user.Mark());
        return users.Count(static user => !user.Running.IsCompleted);
    }

    private static async Task UntilAsync(List<PayingDownload> users, Func<PayingDownload, bool> condition, CancellationToken cancellationToken)
    {
        while (users.Any(user => !user.Running.IsCompleted && !condition(user)))
        {
            users.ForEach(static user => user.Look());
            await Task.Delay(Look, cancellationToken);
        }

        foreach (var failed in users.Where(static user => user.Running.IsFaulted))
        {
            await failed.Running;
        }
    }

    /// <summary>The books when the settler has claimed everything, or has not within the time.</summary>
    private static async Task<(TokenAmount Accepted, TokenAmount Claimed)> ClaimedAsync(RelayProcesses relay, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var books = JsonNode.Parse(await relay.AskAsync(RelayProcesses.Gateway, "books", cancellationToken))!;
            var (accepted, claimed) = (Amount(books, "accepted"), Amount(books, "claimed"));
            if (accepted == claimed || TimeProvider.System.GetElapsedTime(start) > Claiming)
            {
                return (accepted, claimed);
            }

            await Task.Delay(Look, cancellationToken);
        }
    }

    private static TokenAmount Amount(JsonNode books, string name) => new(UInt128.Parse((string)books[name]!, null));

    private async Task<DhtNode> StartDhtAsync(CancellationToken cancellationToken)
    {
        var node = new DhtNode(
            new DhtNodeOptions { ListenEndPoint = new(IPAddress.Loopback, 0), Bootstrap = [.. world.Network.DhtBootstrap], Guard = Guard, ReadOnly = true },
            TimeProvider.System, NullLoggerFactory.Instance);
        await node.StartAsync(cancellationToken);
        return node;
    }
}
