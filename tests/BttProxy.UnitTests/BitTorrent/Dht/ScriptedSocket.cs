using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;

namespace BttProxy.UnitTests.BitTorrent.Dht;

/// <summary>A socket whose other side is a script: what it answers to a query is there at once, and silence stays silence.</summary>
internal sealed class ScriptedSocket(AddressFamily family) : IDatagramSocket
{
    private readonly Channel<(ReadOnlyMemory<byte> Datagram, IPEndPoint From)> _incoming = Channel.CreateUnbounded<(ReadOnlyMemory<byte>, IPEndPoint)>();
    private long _delivered;
    private long _receives;

    /// <summary>The answer of the node at an address; null for silence.</summary>
    public Func<IPEndPoint, KrpcMessage, ReadOnlyMemory<byte>?> Answer { get; set; } = (_, _) => null;

    /// <summary>All that was sent and to whom, in order.</summary>
    public ConcurrentQueue<(IPEndPoint Remote, KrpcMessage Message)> Sent { get; } = new();

    public AddressFamily Family => family;

    public IPEndPoint LocalEndPoint { get; private set; } = new(IPAddress.Any, 0);

    /// <summary>All that was delivered has been handled.</summary>
    public bool IsIdle => Interlocked.Read(ref _receives) > Interlocked.Read(ref _delivered);

    /// <summary>A reply with these values after "id", keys in byte order.</summary>
    public static ReadOnlyMemory<byte> Reply(KrpcMessage query, DhtNodeId id, KrpcArguments? values = null)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(body);
        writer.BeginDictionary();
        writer.WriteEntry("id"u8, id.Span);
        values?.Invoke(writer);
        writer.End();
        return KrpcEncoder.EncodeReply(query.TransactionId, DhtTestData.PublicPeer(1), body.WrittenMemory);
    }

    public void Deliver(ReadOnlyMemory<byte> datagram, IPEndPoint from)
    {
        Interlocked.Increment(ref _delivered);
        _incoming.Writer.TryWrite((datagram, from));
    }

    public void Bind(IPEndPoint endPoint) => LocalEndPoint = endPoint;

    public async ValueTask<SocketReceiveFromResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _receives);
        var (datagram, from) = await _incoming.Reader.ReadAsync(cancellationToken);
        var length = Math.Min(datagram.Length, buffer.Length);
        datagram[..length].CopyTo(buffer);
        return new SocketReceiveFromResult { ReceivedBytes = length, RemoteEndPoint = from };
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint remote, CancellationToken cancellationToken)
    {
        var message = KrpcParser.TryParse(datagram)!;
        Sent.Enqueue((remote, message));
        if (message.Kind == KrpcKind.Query && Answer(remote, message) is { } answer)
        {
            Deliver(answer, remote);
        }
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
    }
}
