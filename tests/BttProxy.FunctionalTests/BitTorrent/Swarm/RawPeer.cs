using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>A peer made of nothing but a socket, which does what a test tells it to.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private readonly Func<RawConnection, Task> _behaviour;
    private int _connections;

    private RawPeer(string address, Func<RawConnection, Task> behaviour)
    {
        _behaviour = behaviour;
        _listener = new TcpListener(IPAddress.Parse(address), 0);
        _listener.Start();
        _serving = ServeAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>How often somebody connected.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public static RawPeer Start(Func<RawConnection, Task> behaviour) => new("127.88.0.2", behaviour);

    public static async Task<RawConnection> ConnectAsync(IPEndPoint endPoint, InfoHash infoHash, bool version2 = false)
    {
        var connection = await ConnectAsync(endPoint);
        await connection.HandshakeAsync(infoHash, version2);
        return connection;
    }

    /// <summary>A connection on which nothing was said yet; its window is small, so that not reading is noticed.</summary>
    public static async Task<RawConnection> ConnectAsync(IPEndPoint endPoint)
    {
        var client = new TcpClient { ReceiveBufferSize = 16 * 1024, NoDelay = true };
        await client.ConnectAsync(endPoint, TestContext.Current.CancellationToken);
        return new RawConnection(client.GetStream(), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                open.Add(BehaveAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
        }
        await Task.WhenAll(open);
    }

    private async Task BehaveAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _behaviour(new RawConnection(client.GetStream(), _stop.Token));
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
            }
        }
    }
}

/// <summary>One connection of a <see cref="RawPeer"/>.</summary>
internal sealed class RawConnection(NetworkStream stream, CancellationToken cancel) : IDisposable
{
    public NetworkStream Stream => stream;

    public CancellationToken Cancel => cancel;

    public void Dispose() => stream.Dispose();

    /// <summary>Ends the connection with a reset, as when a process dies.</summary>
    public void Reset()
    {
        stream.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        stream.Dispose();
    }

    /// <summary>Answers a handshake with the same info-hash, or begins one with the given.</summary>
    public async Task HandshakeAsync(InfoHash? infoHash = null, bool version2 = false)
    {
        infoHash ??= (await ReadHandshakeAsync()).InfoHash;
        await SendHandshakeAsync(infoHash.Value, PeerId.Create(), version2);
    }

    public async Task<Handshake> ReadHandshakeAsync()
    {
        var buffer = new byte[Handshake.Length];
        await stream.ReadExactlyAsync(buffer, cancel);
        Assert.True(Handshake.TryParse(buffer, out var handshake));
        return handshake;
    }

    public async Task SendHandshakeAsync(InfoHash infoHash, PeerId peerId, bool version2 = false)
    {
        var buffer = new byte[Handshake.Length];
        new Handshake(infoHash, peerId, SupportsExtensions: true, SupportsFast: true, version2).Write(buffer);
        await stream.WriteAsync(buffer, cancel);
    }

    public async Task SendRawAsync(params byte[] bytes) => await stream.WriteAsync(bytes, cancel);

    public async Task SendAsync(PeerMessageId id, params byte[] payload)
    {
        var message = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, 1 + payload.Length);
        message[4] = (byte)id;
        payload.CopyTo(message, 5);
        await stream.WriteAsync(message, cancel);
    }

    public Task SendNumbersAsync(PeerMessageId id, params int[] numbers) => SendAsync(id, Numbers(numbers));

    public Task SendPieceAsync(int piece, int begin, byte[] data) => SendAsync(PeerMessageId.Piece, [.. Numbers(piece, begin), .. data]);

    /// <summary>The next message; an empty payload and no id for a keep-alive.</summary>
    public async Task<(PeerMessageId? Id, byte[] Payload)> ReadAsync()
    {
        var head = new byte[4];
        await stream.ReadExactlyAsync(head, cancel);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
        await stream.ReadExactlyAsync(body, cancel);
        return body.Length == 0 ? (null, body) : ((PeerMessageId)body[0], body[1..]);
    }

    public async Task<byte[]> ReadAsync(PeerMessageId wanted)
    {
        while (true)
        {
            var (id, payload) = await ReadAsync();
            if (id == wanted)
            {
                return payload;
            }
        }
    }

    /// <summary>True when the other side closes in time, whatever it sends before.</summary>
    public async Task<bool> IsClosedAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        var buffer = new byte[64 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, deadline.Token) > 0)
            {
            }
            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Claims to have everything, lets the other side in, and answers each request as told.</summary>
    public async Task ServeAsync(Func<BlockRequest, Task> answer)
    {
        await OfferAsync();
        while (true)
        {
            var (id, payload) = await ReadAsync();
            if (id == PeerMessageId.Request && BlockRequest.TryRead(payload, out var request))
            {
                await answer(request);
            }
        }
    }

    public async Task OfferAsync()
    {
        await HandshakeAsync();
        await SendAsync(PeerMessageId.HaveAll);
        await SendAsync(PeerMessageId.Unchoke);
    }

    private static byte[] Numbers(params int[] numbers)
    {
        var bytes = new byte[numbers.Length * 4];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(i * 4), numbers[i]);
        }
        return bytes;
    }
}
