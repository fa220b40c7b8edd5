using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent.Dht;

/// <summary>What the node needs of a UDP socket: the seam at which tests put a simulated network.</summary>
internal interface IDatagramSocket : IDisposable
{
    AddressFamily Family { get; }

    IPEndPoint LocalEndPoint { get; }

    void Bind(IPEndPoint endPoint);

    /// <exception cref="SocketException">A datagram was lost, or the other side's port is closed; the socket goes on.</exception>
    ValueTask<SocketReceiveFromResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    ValueTask SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint remote, CancellationToken cancellationToken);
}
