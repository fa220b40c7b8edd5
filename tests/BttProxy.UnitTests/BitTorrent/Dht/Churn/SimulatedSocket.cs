using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using BttProxy.BitTorrent.Dht;

namespace BttProxy.UnitTests.BitTorrent.Dht.Churn;

/// <summary>A node's socket in the simulated network.</summary>
internal sealed class SimulatedSocket(SimulatedNetwork network) : IDatagramSocket
{
    // A query is answered in the thread that delivers it: hundreds of thousands of times no other thread has to take over.
    private readonly Channel<(byte[] Datagram, IPEndPoint From)> _incoming = Channel.CreateUnbounded<(byte[], IPEndPoint)>(
        new UnboundedChannelOptions { AllowSynchronousContinuations = true, SingleReader = true });
    private IPEndPoint _local = new(IPAddress.Any, 0);
    private long _delivered;

    public AddressFamily Family => AddressFamily.InterNetwork;

    public IPEndPoint LocalEndPoint => _local;

    public long Delivered => Interlocked.Read(ref _delivered);

    public void Bind(IPEndPoint endPoint)
    {
        _local = endPoint;
        network.Attach(endPoint, (datagram, from) =>
        {
            Interlocked.Increment(ref _delivered);
            _incoming.Writer.TryWrite((datagram, from));
        });
    }

    public async ValueTask<SocketReceiveFromResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var (datagram, from) = await _incoming.Reader.ReadAsync(cancellationToken);
        var length = Math.Min(datagram.Length, buffer.Length);
        datagram.AsMemory(0, length).CopyTo(buffer);
        return new SocketReceiveFromResult { ReceivedBytes = length, RemoteEndPoint = from };
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint remote, CancellationToken cancellationToken)
    {
        network.Send(_local, remote, datagram.Span);
        return ValueTask.CompletedTask;
    }

    public void Dispose() => network.Detach(_local);
}
