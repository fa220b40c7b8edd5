using System.Net;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Our part in one of the two networks (BEP 32), IPv4 or IPv6: a socket, a routing table, lookups and writes.</summary>
internal sealed class DhtStack : IAsyncDisposable
{
    private readonly IPEndPoint _listenEndPoint;
    private readonly IReadOnlyList<IPEndPoint> _bootstrap;
    private readonly TimeProvider _timeProvider;
    private readonly DhtMaintenance _maintenance;
    private readonly SemaphoreSlim _lookups = new(DhtLimits.ConcurrentLookups);
    private readonly CancellationTokenSource _stopping = new();
    private Task _maintaining = Task.CompletedTask;

    public DhtStack(
        DhtNodeOptions options, IPEndPoint listenEndPoint, string? statePath, IDatagramSocket socket, TimeProvider timeProvider,
        ILoggerFactory loggerFactory)
    {
        _listenEndPoint = listenEndPoint;
        _bootstrap = [.. options.Bootstrap.Where(endPoint => endPoint.AddressFamily == listenEndPoint.AddressFamily)];
        _timeProvider = timeProvider;
        Core = new DhtCore(options, socket, timeProvider, loggerFactory);
        _maintenance = new DhtMaintenance(
            _bootstrap, statePath, Core, FindNodesAsync, timeProvider, loggerFactory.CreateLogger<DhtMaintenance>());
    }

    public DhtCore Core { get; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _maintenance.LoadAsync(cancellationToken).ConfigureAwait(false);
        Core.Transport.Start(_listenEndPoint);
        _maintaining = _maintenance.RunAsync(_stopping.Token);
    }

    public Task JoinAsync(CancellationToken cancellationToken) => _maintenance.JoinAsync(cancellationToken);

    /// <param name="target">What is looked for.</param>
    /// <param name="query">Asked of ever nearer nodes.</param>
    /// <param name="onReply">Called for each reply in turn; true ends the lookup.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <param name="wayIn">Nodes to begin with besides those in the table; null takes the bootstrap nodes while the table is small.</param>
    public async Task<DhtLookupResult> LookUpAsync(
        DhtNodeId target,
        KrpcQuery query,
        Func<KrpcMessage, bool>? onReply,
        CancellationToken cancellationToken,
        IEnumerable<IPEndPoint>? wayIn = null)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        await _lookups.WaitAsync(ending.Token).ConfigureAwait(false);
        try
        {
            var lookup = new DhtLookup(Core, _timeProvider, target, query) { OnReply = onReply };
            lookup.AddBootstrap(wayIn ?? (Core.Table.Count < DhtLimits.NodesPerAnswer ? _bootstrap : []));
            return await lookup.RunAsync(ending.Token).ConfigureAwait(false);
        }
        finally
        {
            _lookups.Release();
        }
    }

    /// <summary>Looks up the nodes near a target and writes there.</summary>
    /// <param name="target">Where the write belongs.</param>
    /// <param name="read">The query that gives tokens.</param>
    /// <param name="write">Makes the write of a token.</param>
    /// <param name="isCopy">Whether an answer to a read holds what was written; null for what cannot be read back exactly.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<DhtPutResult> WriteAsync(
        DhtNodeId target, KrpcQuery read, Func<ReadOnlyMemory<byte>, KrpcQuery> write, Func<KrpcMessage, bool>? isCopy,
        CancellationToken cancellationToken)
    {
        var found = await LookUpAsync(target, read, null, cancellationToken).ConfigureAwait(false);
        var nodes = StoreSet.Choose(found).ToArray();
        var answers = await Task.WhenAll(nodes.Select(node =>
            Core.Transport.QueryAsync(node.EndPoint, write(node.Token), DhtLimits.HardTimeout, cancellationToken))).ConfigureAwait(false);
        var stored = nodes.Where((_, i) => answers[i] is { Kind: KrpcKind.Reply }).ToArray();
        var errors = answers.Where(answer => answer is { Kind: KrpcKind.Error }).CountBy(answer => (KrpcError)answer!.ErrorCode).ToDictionary();
        var casMismatch = errors.GetValueOrDefault(KrpcError.CasMismatch);
        var tooLow = errors.GetValueOrDefault(KrpcError.SequenceTooLow);
        return new DhtPutResult(
            target,
            stored.Length,
            casMismatch,
            tooLow,
            errors.Values.Sum() - casMismatch - tooLow,
            answers.Count(answer => answer is null),
            isCopy is null ? 0 : await CountCopiesAsync(target, stored, isCopy, cancellationToken).ConfigureAwait(false),
            found.Crowd);
    }

    public DhtStatistics Describe()
    {
        var (transport, nodes) = (Core.Transport, Core.Table.Snapshot());
        return new DhtStatistics
        {
            Id = Core.OwnId,
            LocalEndPoint = transport.LocalEndPoint,
            ExternalAddress = Core.ExternalAddress,
            Nodes = nodes.Length,
            VerifiedNodes = nodes.Count(node => node.IsVerified),
            SpareNodes = Core.Table.SpareCount,
            WaitingStrangers = Core.Strangers.Count,
            NetworkSize = Core.Size.Estimate,
            StoredInfoHashes = Core.Responder.InfoHashCount,
            StoredPeers = Core.Responder.PeerCount,
            StoredItems = Core.Responder.ItemCount,
            OpenQueries = transport.PendingCount,
            PacedRemotes = transport.PacedRemotes,
            PacketsReceived = transport.Counters.Received,
            PacketsSent = transport.Counters.Sent,
            QueriesRefused = Core.Responder.RefusedCount,
            Dropped = transport.Counters.DroppedByReason(),
        };
    }

    /// <summary>Ends running lookups, saves the routing table and closes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _maintaining.ConfigureAwait(false);
        await Core.Transport.DisposeAsync().ConfigureAwait(false);
        _maintenance.Dispose();
        _stopping.Dispose();
    }

    private Task<DhtLookupResult> FindNodesAsync(DhtNodeId target, IEnumerable<IPEndPoint> wayIn, CancellationToken cancellationToken) =>
        LookUpAsync(target, KrpcQuery.FindNode(target, Core.Other is not null), null, cancellationToken, wayIn);

    private async Task<int> CountCopiesAsync(
        DhtNodeId target, IEnumerable<LookupCandidate> nodes, Func<KrpcMessage, bool> isCopy, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(nodes.Select(node =>
            Core.Transport.QueryAsync(node.EndPoint, KrpcQuery.Get(target), DhtLimits.ReadBackTimeout, cancellationToken))).ConfigureAwait(false);
        return answers.Count(answer => answer is { Kind: KrpcKind.Reply } && isCopy(answer));
    }
}
