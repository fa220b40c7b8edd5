using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Transport.Utp;

namespace BttProxy.BitTorrent.Dht;

internal sealed class UdpDatagramSocket : IDatagramSocket
{
    private const int ReceiveBufferBytes = 1 << 20;

    // An IPv6 socket takes no IPv4: BEP 32 keeps the two networks apart.
    private readonly Socket _socket;
    private readonly IPEndPoint _any;
    private readonly SocketAddress _from;
    private volatile UtpEndpoint? _utp;

    public UdpDatagramSocket(AddressFamily family)
    {
        _socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        _any = new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        _from = new SocketAddress(family);
    }

    public AddressFamily Family => _any.AddressFamily;

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Bind(IPEndPoint endPoint)
    {
        _socket.ReceiveBufferSize = ReceiveBufferBytes;
        _socket.Bind(endPoint);
    }

    public async ValueTask<SocketReceiveFromResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var receiving = _socket.ReceiveFromAsync(buffer, SocketFlags.None, _from, cancellationToken);
            if (!receiving.IsCompleted)
            {
                _utp?.OnDrained();
            }
            var length = await receiving.ConfigureAwait(false);
            if (_utp?.Take(buffer.Span[..length], _from) != true)
            {
                return new SocketReceiveFromResult { ReceivedBytes = length, RemoteEndPoint = _any.Create(_from) };
            }
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint remote, CancellationToken cancellationToken) =>
        await _socket.SendToAsync(datagram, SocketFlags.None, remote, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Peers find uTP at the port that they know, which may be the DHT's: what begins like a uTP packet, and so like no bencoded message, goes
    /// to an endpoint. Datagrams of ours are never larger than one of uTP, which this socket is told to cut at.
    /// </summary>
    /// <param name="open">Makes the endpoint.</param>
    public UtpEndpoint Share(Func<UtpSocket, UtpEndpoint> open) => _utp = open(new UtpSocket(_socket, endSharing: () => _utp = null));

    public void Dispose() => _socket.Dispose();
}
