using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using BttProxy.BitTorrent.Bencoding;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// A node of the Mainline DHT: finds and announces peers (BEP 5), reads and writes items (BEP 44), and answers others
/// unless it is read-only (BEP 43). All methods are safe to call at the same time after <see cref="StartAsync"/>.
/// </summary>
public sealed class DhtNode : IAsyncDisposable
{
    private readonly DhtNodeOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly DhtCore _core;
    private readonly SemaphoreSlim _lookups = new(DhtLimits.ConcurrentLookups);
    private readonly CancellationTokenSource _stopping = new();
    private readonly DhtMaintenance _maintenance;
    private Task _maintaining = Task.CompletedTask;
    private bool _isDisposed;

    public DhtNode(DhtNodeOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory)
    {
        _options = options;
        _timeProvider = timeProvider;
        _core = new DhtCore(options, timeProvider, loggerFactory);
        _maintenance = new DhtMaintenance(options, _core, FindNodesAsync, timeProvider, loggerFactory.CreateLogger<DhtMaintenance>());
    }

    /// <summary>The bound address, once started.</summary>
    public IPEndPoint LocalEndPoint => _core.Transport.LocalEndPoint;

    public DhtNodeId Id => _core.OwnId;

    /// <summary>Nodes in the routing table, all of which have answered.</summary>
    public int NodeCount => _core.Table.Count;

    /// <summary>Binds the socket and begins to answer and to join the network in the background.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use or not of this host.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _maintenance.LoadAsync(cancellationToken).ConfigureAwait(false);
        _core.Transport.Start();
        _maintaining = _maintenance.RunAsync(_stopping.Token);
    }

    /// <summary>Joins the network through the bootstrap nodes and those of the last run; at most ten seconds.</summary>
    /// <returns>Nodes known afterwards; 0 when nobody answered, which is normal for the first node of a network.</returns>
    public async Task<int> BootstrapAsync(CancellationToken cancellationToken)
    {
        await _maintenance.JoinAsync(cancellationToken).ConfigureAwait(false);
        return NodeCount;
    }

    /// <summary>Peers of the info-hash as they are found, each once; ends when the lookup does, within about ten seconds.</summary>
    public async IAsyncEnumerable<IPEndPoint> GetPeersAsync(InfoHash infoHash, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = Channel.CreateUnbounded<IPEndPoint>();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lookup = CollectPeersAsync(new DhtNodeId(infoHash), found.Writer, ending.Token);
        try
        {
            await foreach (var peer in found.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return peer;
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await lookup.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Announces this host as a peer of the info-hash to the nodes nearest to it.</summary>
    /// <param name="infoHash">The torrent, or any other meeting point.</param>
    /// <param name="port">Null announces the port of the DHT socket as the others see it (implied_port).</param>
    /// <param name="cancellationToken">Ends the announcement early.</param>
    /// <returns>Nodes that took it.</returns>
    public async Task<int> AnnounceAsync(InfoHash infoHash, int? port, CancellationToken cancellationToken)
    {
        var target = new DhtNodeId(infoHash);
        var nodes = await LookUpAsync(target, KrpcQuery.GetPeers(target), null, cancellationToken).ConfigureAwait(false);
        var result = await WriteAsync(target, nodes, token => KrpcQuery.AnnouncePeer(target, port, token), cancellationToken).ConfigureAwait(false);
        return result.Stored;
    }

    /// <summary>Reads the mutable item of a key and salt from all nodes near it and keeps the newest valid one.</summary>
    public async Task<DhtMutableLookup> GetMutableAsync(
        ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> salt, CancellationToken cancellationToken)
    {
        var target = DhtMutableItem.TargetOf(publicKey.Span, salt.Span);
        var votes = new MutableItemVotes(publicKey, salt);
        var nodes = await LookUpAsync(target, KrpcQuery.Get(target), reply =>
        {
            votes.Add(reply.Body!);
            return false;
        }, cancellationToken).ConfigureAwait(false);
        return new DhtMutableLookup(votes.Best, votes.Copies, nodes.Count);
    }

    /// <param name="item">Signed item.</param>
    /// <param name="cas">When given, nodes store only if they hold this sequence number or none.</param>
    /// <param name="cancellationToken">Ends the write early.</param>
    public async Task<DhtPutResult> PutMutableAsync(DhtMutableItem item, long? cas, CancellationToken cancellationToken)
    {
        var nodes = await LookUpAsync(item.Target, KrpcQuery.Get(item.Target), null, cancellationToken).ConfigureAwait(false);
        return await WriteAsync(item.Target, nodes, token => KrpcQuery.PutMutable(item, cas, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads an immutable item; the first copy whose hash is right wins.</summary>
    /// <returns>The bytes of the stored byte string; null when nobody has it or it is another bencoded type.</returns>
    public async Task<ReadOnlyMemory<byte>?> GetImmutableAsync(DhtNodeId target, CancellationToken cancellationToken)
    {
        BencodeValue? found = null;
        await LookUpAsync(target, KrpcQuery.Get(target), reply =>
        {
            found ??= reply.Body!.Find("v"u8) is { } value && DhtNodeId.Hash(value.Raw.Span) == target ? value : null;
            return found is not null;
        }, cancellationToken).ConfigureAwait(false);
        return (found as BencodeString)?.Bytes;
    }

    /// <param name="value">At most 996 bytes; stored as a bencoded byte string under the SHA-1 of that.</param>
    /// <param name="cancellationToken">Ends the write early.</param>
    public async Task<DhtPutResult> PutImmutableAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new BencodeWriter(output).WriteString(value.Span);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(output.WrittenCount, DhtLimits.ItemValueBytes);
        var target = DhtNodeId.Hash(output.WrittenSpan);
        var nodes = await LookUpAsync(target, KrpcQuery.Get(target), null, cancellationToken).ConfigureAwait(false);
        return await WriteAsync(target, nodes, token => KrpcQuery.PutImmutable(output.WrittenMemory, token), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Asks one node for the item it serves under <paramref name="target"/>, whoever signed it.</summary>
    /// <param name="node">The node's UDP address.</param>
    /// <param name="target">What the node was told to <see cref="Serve"/>.</param>
    /// <param name="salt">Salt of the expected item: answers do not carry it, and the signature covers it.</param>
    /// <param name="cancellationToken">Ends the wait, which is five seconds at most.</param>
    /// <returns>The item with a valid signature; null for silence, another answer or a bad signature.</returns>
    public async Task<DhtMutableItem?> AskDirectAsync(
        IPEndPoint node, DhtNodeId target, ReadOnlyMemory<byte> salt, CancellationToken cancellationToken)
    {
        var reply = await _core.Transport.QueryAsync(node, KrpcQuery.Get(target), DhtLimits.HardTimeout, cancellationToken).ConfigureAwait(false);
        return reply?.Body is { } body ? MutableItemVotes.Read(body, salt) : null;
    }

    /// <summary>Answers BEP 44 reads of the target with an item of our own; the function may return null for none.</summary>
    public void Serve(DhtNodeId target, Func<DhtMutableItem?> item) => _core.Responder.Serve(target, item);

    /// <summary>Ends running lookups, saves the routing table and closes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _maintaining.ConfigureAwait(false);
        await _core.Transport.DisposeAsync().ConfigureAwait(false);
        _maintenance.Dispose();
        _stopping.Dispose();
    }

    private async Task CollectPeersAsync(DhtNodeId target, ChannelWriter<IPEndPoint> found, CancellationToken cancellationToken)
    {
        var seen = new HashSet<IPEndPoint>();
        try
        {
            await LookUpAsync(target, KrpcQuery.GetPeers(target), reply =>
            {
                foreach (var value in reply.Body!.FindList("values"u8)?.Items ?? [])
                {
                    if (value is BencodeString compact && CompactAddresses.ReadPeer(compact.Bytes.Span) is { } peer
                        && _options.Guard.Allows(peer, out _) && seen.Count < DhtLimits.LookupPeers && seen.Add(peer))
                    {
                        found.TryWrite(peer);
                    }
                }
                return false;
            }, cancellationToken).ConfigureAwait(false);
            found.Complete();
        }
        catch (Exception exception)
        {
            found.Complete(exception);
        }
    }

    private Task<List<LookupCandidate>> FindNodesAsync(DhtNodeId target, IEnumerable<IPEndPoint> extra, CancellationToken cancellationToken) =>
        LookUpAsync(target, KrpcQuery.FindNode(target), null, cancellationToken, extra);

    private async Task<List<LookupCandidate>> LookUpAsync(
        DhtNodeId target, KrpcQuery query, Func<KrpcMessage, bool>? onReply, CancellationToken cancellationToken, IEnumerable<IPEndPoint>? extra = null)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        await _lookups.WaitAsync(ending.Token).ConfigureAwait(false);
        try
        {
            var lookup = new DhtLookup(_core.Transport, _core.Table, _core.Rules, _timeProvider, target, query, DhtLimits.StoreWidth)
            {
                OnReply = onReply,
            };
            lookup.AddBootstrap(extra ?? (NodeCount < DhtLimits.NodesPerAnswer ? _options.Bootstrap : []));
            return await lookup.RunAsync(ending.Token).ConfigureAwait(false);
        }
        finally
        {
            _lookups.Release();
        }
    }

    private async Task<DhtPutResult> WriteAsync(
        DhtNodeId target, List<LookupCandidate> nodes, Func<ReadOnlyMemory<byte>, KrpcQuery> query, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(StoreSet.Choose(nodes).Select(node =>
            _core.Transport.QueryAsync(node.EndPoint, query(node.Token), DhtLimits.HardTimeout, cancellationToken))).ConfigureAwait(false);
        var errors = answers.Where(answer => answer is { Kind: KrpcKind.Error }).CountBy(answer => (KrpcError)answer!.ErrorCode).ToDictionary();
        var casMismatch = errors.GetValueOrDefault(KrpcError.CasMismatch);
        var tooLow = errors.GetValueOrDefault(KrpcError.SequenceTooLow);
        return new DhtPutResult(
            target,
            answers.Count(answer => answer is { Kind: KrpcKind.Reply }),
            casMismatch,
            tooLow,
            errors.Values.Sum() - casMismatch - tooLow,
            answers.Count(answer => answer is null));
    }
}
