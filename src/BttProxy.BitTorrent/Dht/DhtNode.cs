using System.Buffers;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using BttProxy.BitTorrent.Bencoding;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// A node of the Mainline DHT: finds and announces peers (BEP 5), counts them (BEP 33), reads and writes items (BEP 44),
/// and answers others unless it is read-only (BEP 43); in the IPv4 network, the IPv6 network, or both (BEP 32). All
/// methods are safe to call at the same time after <see cref="StartAsync"/>.
/// </summary>
public sealed class DhtNode : IAsyncDisposable
{
    private readonly DhtNodeOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly DhtStack[] _stacks;
    private bool _isDisposed;

    /// <param name="options">How to behave.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">Where to log.</param>
    /// <param name="meterFactory">Where to count; null counts nothing.</param>
    public DhtNode(DhtNodeOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory, IMeterFactory? meterFactory = null)
        : this(options, static family => new UdpDatagramSocket(family), timeProvider, loggerFactory, meterFactory)
    {
    }

    internal DhtNode(
        DhtNodeOptions options, Func<AddressFamily, IDatagramSocket> openSocket, TimeProvider timeProvider, ILoggerFactory loggerFactory,
        IMeterFactory? meterFactory = null)
    {
        _options = options;
        _timeProvider = timeProvider;
        var first = Create(options.ListenEndPoint, options.StatePath);
        _stacks = options.SecondListenEndPoint is { } second ? [first, Create(second, SecondStatePath(options.StatePath, second))] : [first];
        if (_stacks is [var one, var other])
        {
            ArgumentOutOfRangeException.ThrowIfEqual(one.Core.Transport.Family, other.Core.Transport.Family);
            DhtCore.Join(one.Core, other.Core);
        }
        DhtMetrics.Observe(this, [.. _stacks.Select(stack => stack.Core.Transport.Counters)], meterFactory);

        DhtStack Create(IPEndPoint listen, string? statePath) => new(
            options, listen, statePath, openSocket(listen.AddressFamily), timeProvider, loggerFactory);
    }

    /// <summary>The bound address, once started; the first one of two.</summary>
    public IPEndPoint LocalEndPoint => _stacks[0].Core.Transport.LocalEndPoint;

    /// <summary>Our id in the first network.</summary>
    public DhtNodeId Id => _stacks[0].Core.OwnId;

    /// <summary>Nodes in the routing tables, all of which have answered.</summary>
    public int NodeCount => _stacks.Sum(stack => stack.Core.Table.Count);

    /// <summary>The socket that has a port already which is wanted for uTP; null when none has.</summary>
    internal UdpDatagramSocket? FindSocket(IPEndPoint endPoint) => _stacks.Select(stack => stack.Core.Transport.Socket).OfType<UdpDatagramSocket>()
        .FirstOrDefault(socket => socket.Family == endPoint.AddressFamily && socket.LocalEndPoint.Port == endPoint.Port
            && (socket.LocalEndPoint.Address.Equals(endPoint.Address) || socket.LocalEndPoint.Address.Equals(IPAddress.Any)
                || socket.LocalEndPoint.Address.Equals(IPAddress.IPv6Any)));

    private bool IsDual => _stacks.Length > 1;

    /// <summary>Binds the sockets and begins to answer and to join the network in the background.</summary>
    /// <exception cref="SocketException">An address is in use or not of this host.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var stack in _stacks)
        {
            await stack.StartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Joins the network through the bootstrap nodes and those of the last run; at most ten seconds.</summary>
    /// <returns>Nodes known afterwards; 0 when nobody answered, which is normal for the first node of a network.</returns>
    public async Task<int> BootstrapAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_stacks.Select(stack => stack.JoinAsync(cancellationToken))).ConfigureAwait(false);
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
    /// <param name="isSeed">We have everything (BEP 33): counted as a seed, and not named to other seeds.</param>
    /// <returns>Nodes that took it.</returns>
    public async Task<int> AnnounceAsync(InfoHash infoHash, int? port, CancellationToken cancellationToken, bool isSeed = false)
    {
        var target = new DhtNodeId(infoHash);
        var result = await WriteAsync(
            target, KrpcQuery.GetPeers(target, IsDual), token => KrpcQuery.AnnouncePeer(target, port, token, isSeed), null, cancellationToken)
            .ConfigureAwait(false);
        return result.Stored;
    }

    /// <summary>Estimates how many seeds and downloaders a torrent has (BEP 33), without joining its swarm.</summary>
    public async Task<DhtScrape> ScrapeAsync(InfoHash infoHash, CancellationToken cancellationToken)
    {
        var target = new DhtNodeId(infoHash);
        var votes = new ScrapeVotes();
        await LookUpAsync(target, KrpcQuery.GetPeers(target, IsDual, scrape: true), reply =>
        {
            votes.Add(reply.Body!);
            return false;
        }, cancellationToken).ConfigureAwait(false);
        return votes.Count();
    }

    /// <summary>Reads the mutable item of a key and salt from all nodes near it and keeps the newest valid one.</summary>
    public async Task<DhtMutableLookup> GetMutableAsync(
        ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> salt, CancellationToken cancellationToken)
    {
        var target = DhtMutableItem.TargetOf(publicKey.Span, salt.Span);
        var votes = new MutableItemVotes(publicKey, salt);
        var found = await LookUpAsync(target, KrpcQuery.Get(target, IsDual), reply =>
        {
            votes.Add(reply.Body!);
            return false;
        }, cancellationToken).ConfigureAwait(false);
        return new DhtMutableLookup(votes.Best, votes.Copies, found.Sum(part => part.Nodes.Count)) { Others = votes.Others };
    }

    /// <summary>Writes a mutable item to the nodes nearest to it and reads it back from them.</summary>
    /// <param name="item">Signed item.</param>
    /// <param name="cas">When given, nodes store only if they hold this sequence number or none.</param>
    /// <param name="cancellationToken">Ends the write early.</param>
    public Task<DhtPutResult> PutMutableAsync(DhtMutableItem item, long? cas, CancellationToken cancellationToken) => WriteAsync(
        item.Target,
        KrpcQuery.Get(item.Target, IsDual),
        token => KrpcQuery.PutMutable(item, cas, token),
        reply => MutableItemVotes.IsCopy(reply.Body!, item),
        cancellationToken);

    /// <summary>Reads an immutable item; the first copy whose hash is right wins.</summary>
    /// <returns>The bytes of the stored byte string; null when nobody has it or it is another bencoded type.</returns>
    public async Task<ReadOnlyMemory<byte>?> GetImmutableAsync(DhtNodeId target, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        BencodeValue? found = null;
        try
        {
            await LookUpAsync(target, KrpcQuery.Get(target, IsDual), reply =>
            {
                if (reply.Body!.Find("v"u8) is not { } value || DhtNodeId.Hash(value.Raw.Span) != target)
                {
                    return false;
                }
                // The other network's lookup need not go on either.
                Volatile.Write(ref found, value);
                ending.Cancel();
                return true;
            }, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (found is not null && !cancellationToken.IsCancellationRequested)
        {
            // Found.
        }
        return (found as BencodeString)?.Bytes;
    }

    /// <summary>Writes an immutable item to the nodes nearest to it and reads it back from them.</summary>
    /// <param name="value">At most 996 bytes; stored as a bencoded byte string under the SHA-1 of that.</param>
    /// <param name="cancellationToken">Ends the write early.</param>
    public Task<DhtPutResult> PutImmutableAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>();
        new BencodeWriter(output).WriteString(value.Span);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(output.WrittenCount, DhtLimits.ItemValueBytes);
        var target = DhtNodeId.Hash(output.WrittenSpan);
        return WriteAsync(
            target,
            KrpcQuery.Get(target, IsDual),
            token => KrpcQuery.PutImmutable(output.WrittenMemory, token),
            reply => reply.Body!.Find("v"u8) is { } copy && DhtNodeId.Hash(copy.Raw.Span) == target,
            cancellationToken);
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
        var reply = await AskAsync(node, KrpcQuery.Get(target), cancellationToken).ConfigureAwait(false);
        return reply?.Body is { } body ? MutableItemVotes.Read(body, salt) : null;
    }

    /// <summary>Asks one node whether it is there.</summary>
    /// <param name="node">The node's UDP address.</param>
    /// <param name="cancellationToken">Ends the wait, which is five seconds at most.</param>
    /// <returns>Null for silence, and when the address may not be asked.</returns>
    public async Task<DhtPing?> PingAsync(IPEndPoint node, CancellationToken cancellationToken)
    {
        var askedAt = _timeProvider.GetTimestamp();
        var reply = await AskAsync(node, KrpcQuery.Ping(), cancellationToken).ConfigureAwait(false);
        return reply is { Kind: KrpcKind.Reply }
            ? new DhtPing(
                reply.Sender, SecureNodeId.Matches(reply.Sender, node.Address), reply.YourAddress, _timeProvider.GetElapsedTime(askedAt))
            : null;
    }

    /// <summary>Answers BEP 44 reads of the target with an item of our own; the function may return null for none.</summary>
    public void Serve(DhtNodeId target, Func<DhtMutableItem?> item)
    {
        foreach (var stack in _stacks)
        {
            stack.Core.Responder.Serve(target, item);
        }
    }

    /// <summary>What the node is doing, for each network that it takes part in.</summary>
    public IReadOnlyList<DhtStatistics> GetStatistics() => [.. _stacks.Select(stack => stack.Describe())];

    /// <summary>Ends running lookups, saves the routing tables and closes the sockets.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            await Task.WhenAll(_stacks.Select(stack => stack.DisposeAsync().AsTask())).ConfigureAwait(false);
        }
    }

    private Task<KrpcMessage?> AskAsync(IPEndPoint node, KrpcQuery query, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var stack = Array.Find(_stacks, candidate => candidate.Core.Transport.Family == node.AddressFamily) ?? _stacks[0];
        return stack.Core.Transport.QueryAsync(node, query, DhtLimits.HardTimeout, cancellationToken);
    }

    private static string? SecondStatePath(string? statePath, IPEndPoint second) =>
        statePath is null ? null : statePath + (second.AddressFamily == AddressFamily.InterNetworkV6 ? "6" : "4");

    private async Task CollectPeersAsync(DhtNodeId target, ChannelWriter<IPEndPoint> found, CancellationToken cancellationToken)
    {
        var seen = new PeerSieve(_options.Guard, peer => found.TryWrite(peer));
        try
        {
            await LookUpAsync(target, KrpcQuery.GetPeers(target, IsDual), reply =>
            {
                seen.Add(reply.Body!);
                return false;
            }, cancellationToken).ConfigureAwait(false);
            found.Complete();
        }
        catch (Exception exception)
        {
            found.Complete(exception);
        }
    }

    private Task<DhtLookupResult[]> LookUpAsync(
        DhtNodeId target, KrpcQuery query, Func<KrpcMessage, bool>? onReply, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return Task.WhenAll(_stacks.Select(stack => stack.LookUpAsync(target, query, onReply, cancellationToken)));
    }

    private async Task<DhtPutResult> WriteAsync(
        DhtNodeId target, KrpcQuery read, Func<ReadOnlyMemory<byte>, KrpcQuery> write, Func<KrpcMessage, bool>? isCopy,
        CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var parts = await Task.WhenAll(_stacks.Select(stack => stack.WriteAsync(target, read, write, isCopy, cancellationToken)))
            .ConfigureAwait(false);
        return parts.Aggregate((one, other) => one + other);
    }
}
