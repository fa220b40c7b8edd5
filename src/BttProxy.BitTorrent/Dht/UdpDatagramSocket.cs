using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent.Dht;

internal sealed class UdpDatagramSocket(AddressFamily family) : IDatagramSocket
{
    private const int ReceiveBufferBytes = 1 << 20;

    // An IPv6 socket takes no IPv4: BEP 32 keeps the two networks apart.
    private readonly Socket _socket = new(family, SocketType.Dgram, ProtocolType.Udp);
    private readonly IPEndPoint _any = new(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);

    public AddressFamily Family => family;

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Bind(IPEndPoint endPoint)
    {
        _socket.ReceiveBufferSize = ReceiveBufferBytes;
        _socket.Bind(endPoint);
    }

    public ValueTask<SocketReceiveFromResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _socket.ReceiveFromAsync(buffer, SocketFlags.None, _any, cancellationToken);

    public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint remote, CancellationToken cancellationToken) =>
        await _socket.SendToAsync(datagram, SocketFlags.None, remote, cancellationToken).ConfigureAwait(false);

    public void Dispose() => _socket.Dispose();
}
