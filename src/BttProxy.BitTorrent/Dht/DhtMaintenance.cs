using System.Net;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Keeps the routing table alive: joins the network, gets to know who asks, refreshes, saves.</summary>
internal sealed partial class DhtMaintenance(
    IReadOnlyList<IPEndPoint> bootstrap,
    string? statePath,
    DhtCore core,
    Func<DhtNodeId, IEnumerable<IPEndPoint>, CancellationToken, Task<DhtLookupResult>> findNodes,
    TimeProvider timeProvider,
    ILogger<DhtMaintenance> logger) : IDisposable
{
    private const int Greeters = 4;

    // A full table has about 250 nodes; at a round every 30 s each of them is asked once in a refresh interval.
    private const int StalePerRound = 9;
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // A process that is killed loses what it learnt since; the first save comes when the network is known.
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _joining = new(1);
    private IReadOnlyList<IPEndPoint> _remembered = [];

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (statePath is not { } path)
        {
            return;
        }
        try
        {
            if (await DhtStateFile.LoadAsync(path, core.Transport.Family, cancellationToken).ConfigureAwait(false) is { } state)
            {
                core.Table.ChangeOwnId(state.Id);
                _remembered = [.. state.Nodes.Select(node => node.EndPoint)];
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogStateUnreadable(path, exception.Message);
        }
    }

    /// <summary>
    /// Looks up our own id, which makes us known to our neighbours and them to us, and a random one, which tells how
    /// large the network is.
    /// </summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        await _joining.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            IPEndPoint[] wayIn = core.Table.Count < DhtLimits.NodesPerAnswer ? [.. bootstrap, .. _remembered.Take(DhtLimits.StoreWidth)] : [];
            await Task.WhenAll(
                findNodes(core.OwnId, wayIn, cancellationToken), SurveyAsync(DhtNodeId.CreateRandom(), wayIn, cancellationToken))
                .ConfigureAwait(false);
        }
        finally
        {
            _joining.Release();
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var greeting = Enumerable.Range(0, Greeters).Select(_ => GreetStrangersAsync(cancellationToken));
        try
        {
            await Task.WhenAll(greeting.Append(KeepAsync(cancellationToken))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await SaveAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose() => _joining.Dispose();

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        long? savedAt = null;
        DhtNodeId? joinedAs = null;
        // Pauses double from half a second: a new network knits itself together at once and then becomes quiet.
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                if (pause < LongestPause || core.Table.Count == 0 || joinedAs != core.OwnId)
                {
                    joinedAs = core.OwnId;
                    await JoinAsync(cancellationToken).ConfigureAwait(false);
                }
                await RefreshAsync(cancellationToken).ConfigureAwait(false);
                if (savedAt is not { } at ? core.Table.Count >= DhtLimits.NodesPerAnswer : timeProvider.GetElapsedTime(at) >= SaveInterval)
                {
                    savedAt = timeProvider.GetTimestamp();
                    await SaveAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogMaintenanceFailed(exception);
            }
            await Task.Delay(pause, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (core.Table.TakeStaleBucket(DhtLimits.RefreshInterval) is { } target)
        {
            await SurveyAsync(target, [], cancellationToken).ConfigureAwait(false);
        }
        var stale = core.Table.FindStale(DhtLimits.RefreshInterval, StalePerRound);
        await Task.WhenAll(stale.Select(contact => CheckAsync(contact, cancellationToken))).ConfigureAwait(false);
    }

    private async Task CheckAsync(DhtContact stale, CancellationToken cancellationToken)
    {
        var received = core.Transport.Received;
        var reply = await core.Transport.QueryAsync(stale.EndPoint, KrpcQuery.Ping(), DhtLimits.HardTimeout, cancellationToken)
            .ConfigureAwait(false);
        // When nothing at all comes in, our own network is down and the node is not to blame.
        if (reply is null && core.Transport.Received != received)
        {
            core.Table.Fail(stale.EndPoint);
        }
    }

    private async Task SurveyAsync(DhtNodeId randomTarget, IEnumerable<IPEndPoint> wayIn, CancellationToken cancellationToken)
    {
        var found = await findNodes(randomTarget, wayIn, cancellationToken).ConfigureAwait(false);
        core.Size.Learn(randomTarget, found.Nodes.Select(node => node.Id!.Value));
    }

    private async Task GreetStrangersAsync(CancellationToken cancellationToken)
    {
        await foreach (var stranger in core.Strangers.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (core.Table.HasRoomFor(stranger))
                {
                    await core.Transport.QueryAsync(stranger.EndPoint, KrpcQuery.Ping(), GreetingTimeout, cancellationToken)
                        .ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogMaintenanceFailed(exception);
            }
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        var nodes = core.Table.Snapshot();
        if (statePath is not { } path || nodes.Length == 0)
        {
            return;
        }
        try
        {
            await DhtStateFile.SaveAsync(path, new DhtState(core.OwnId, nodes), core.Transport.Family, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogStateUnwritable(path, exception.Message);
        }
    }
}
