using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Transport.Utp;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Transport.Utp;

/// <summary>One uTP endpoint on loopback, with its loops and the connections that others opened to it.</summary>
internal sealed class UtpWorld : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<(Stream Stream, IPEndPoint From)> _accepted = Channel.CreateUnbounded<(Stream, IPEndPoint)>();
    private readonly Task[] _loops;

    private UtpWorld(ConnectGuard guard, UtpOptions options)
    {
        Endpoint = new UtpEndpoint(
            new UtpSocket(new IPEndPoint(IPAddress.Loopback, 0)), options, guard, TimeProvider.System,
            (stream, from) => _accepted.Writer.TryWrite((stream, from)), NullLogger.Instance);
        _loops = [Endpoint.ReceiveAsync(_stopping.Token), Endpoint.TickAsync(_stopping.Token)];
    }

    public UtpEndpoint Endpoint { get; }

    public int Accepted => _accepted.Reader.Count;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static UtpWorld Start(bool allowPrivate = true, int maxConnections = 100, int maxPerAddress = 50) => new(
        new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = allowPrivate }),
        new UtpOptions { MaxConnections = maxConnections, MaxIncomingPerAddress = maxPerAddress });

    public async Task<Stream> AcceptAsync() => (await _accepted.Reader.ReadAsync(Cancel)).Stream;

    /// <summary>A connection from here to another endpoint, of which that one knows too: one byte went over it.</summary>
    public async Task<(Stream Here, Stream There)> ConnectAsync(UtpWorld other)
    {
        var here = await Endpoint.ConnectAsync(other.Endpoint.LocalEndPoint, Cancel);
        await here.WriteAsync(new byte[1], Cancel);
        var there = await other.AcceptAsync();
        await there.ReadExactlyAsync(new byte[1], Cancel);
        return (here, there);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await Task.WhenAll(_loops);
        }
        catch (OperationCanceledException)
        {
            // That is how the timer ends.
        }
        Endpoint.Dispose();
        _stopping.Dispose();
    }
}

/// <summary>A UDP socket that sends whatever a test wants.</summary>
internal sealed class RawUtp : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly IPEndPoint _to;

    public RawUtp(UtpWorld world, string address = "127.0.0.1")
    {
        _to = world.Endpoint.LocalEndPoint;
        _socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Task SendAsync(UtpHeader header, params byte[] payload)
    {
        var datagram = new byte[UtpHeader.Length + payload.Length];
        header.Write(datagram);
        payload.CopyTo(datagram, UtpHeader.Length);
        return SendAsync(datagram);
    }

    public async Task SendAsync(byte[] datagram) => await _socket.SendToAsync(datagram, _to, Cancel);

    public async Task<UtpHeader> ReceiveAsync()
    {
        var buffer = new byte[2048];
        var received = await _socket.ReceiveFromAsync(buffer, _to, Cancel);
        Assert.True(UtpPacket.TryParse(buffer.AsSpan(0, received.ReceivedBytes), out var packet));
        return packet.Header;
    }

    /// <summary>Opens a connection and sends one byte.</summary>
    public async Task<UtpHeader> ConnectAsync(ushort id)
    {
        await SendAsync(new UtpHeader { Type = UtpPacketType.Syn, ConnectionId = id, Sequence = 1, Window = 1 << 20 });
        var answer = await ReceiveAsync();
        Assert.Equal((UtpPacketType.State, id, (ushort)1), (answer.Type, answer.ConnectionId, answer.Ack));
        await SendAsync(First(id, answer), 1);
        return answer;
    }

    public static UtpHeader First(ushort id, UtpHeader answer) => new()
    {
        Type = UtpPacketType.Data, ConnectionId = (ushort)(id + 1), Sequence = 2, Ack = (ushort)(answer.Sequence - 1), Window = 1 << 20,
    };

    /// <summary>Datagrams that are here.</summary>
    public int Waiting
    {
        get
        {
            var count = 0;
            for (var buffer = new byte[2048]; _socket.Available > 0; count++)
            {
                _socket.Receive(buffer);
            }
            return count;
        }
    }

    public void Dispose() => _socket.Dispose();
}
