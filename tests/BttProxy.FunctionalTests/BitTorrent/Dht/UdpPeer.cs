using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Dht;

/// <summary>A bare UDP socket on loopback that a test speaks through.</summary>
internal sealed class UdpPeer : IDisposable
{
    private readonly UdpClient _client = new(new IPEndPoint(IPAddress.Loopback, 0));

    public IPEndPoint EndPoint => (IPEndPoint)_client.Client.LocalEndPoint!;

    public async Task SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint remote) =>
        await _client.SendAsync(datagram, remote, TestContext.Current.CancellationToken);

    public async Task<KrpcMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        var received = await _client.ReceiveAsync(cancellationToken);
        return KrpcParser.TryParse(received.Buffer)!;
    }

    public async Task<KrpcMessage> NextAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        return await ReceiveAsync(deadline.Token);
    }

    /// <summary>A reply to the query with the given values after "id", keys in byte order.</summary>
    public static ReadOnlyMemory<byte> Reply(KrpcMessage query, DhtNodeId id, IPEndPoint remote, KrpcArguments? values = null)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new BttProxy.BitTorrent.Bencoding.BencodeWriter(body);
        writer.BeginDictionary();
        writer.WriteEntry("id"u8, id.Span);
        values?.Invoke(writer);
        writer.End();
        return KrpcEncoder.EncodeReply(query.TransactionId, remote, body.WrittenMemory);
    }

    public void Dispose() => _client.Dispose();
}
