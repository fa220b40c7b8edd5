using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BttProxy.BitTorrent;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>A tracker on loopback, over HTTP and UDP, that names fixed peers and remembers the events it was told.</summary>
internal sealed class TestTracker : IAsyncDisposable
{
    private static readonly string[] EventNames = ["", "completed", "started", "stopped"];

    private readonly CancellationTokenSource _stopping = new();
    private readonly TcpListener _http = new(IPAddress.Loopback, 0);
    private readonly UdpClient _udp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly byte[] _peers;
    private readonly Task _running;

    public TestTracker(params IPEndPoint[] peers)
    {
        _peers = [.. peers.SelectMany(peer => (byte[])[.. peer.Address.GetAddressBytes(), (byte)(peer.Port >> 8), (byte)peer.Port])];
        _http.Start();
        _running = Task.WhenAll(RunHttpAsync(), RunUdpAsync());
    }

    public ConcurrentQueue<string> Events { get; } = new();

    /// <summary>The info-hash of each event, in the same order.</summary>
    public ConcurrentQueue<InfoHash> InfoHashes { get; } = new();

    /// <summary>Sent before the real answer, over UDP: a stranger that guesses.</summary>
    public bool AnswersWronglyFirst { get; init; }

    public string HttpUrl => $"http://127.0.0.1:{((IPEndPoint)_http.LocalEndpoint).Port}/announce";

    public string UdpUrl => $"udp://127.0.0.1:{((IPEndPoint)_udp.Client.LocalEndPoint!).Port}";

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _http.Stop();
        _udp.Dispose();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunHttpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _http.AcceptTcpClientAsync(_stopping.Token);
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
                var first = await reader.ReadLineAsync(_stopping.Token) ?? "";
                while (await reader.ReadLineAsync(_stopping.Token) is { Length: > 0 })
                {
                }
                var query = first.Split(' ')[1].Split('?')[1].Split('&');
                var infoHash = query.First(part => part.StartsWith("info_hash=", StringComparison.Ordinal))["info_hash=".Length..];
                InfoHashes.Enqueue(new InfoHash(WebUtility.UrlDecodeToBytes(Encoding.Latin1.GetBytes(infoHash), 0, infoHash.Length)));
                Events.Enqueue(query.FirstOrDefault(part => part.StartsWith("event=", StringComparison.Ordinal))?["event=".Length..] ?? "");
                byte[] body = [.. Encoding.Latin1.GetBytes($"d8:intervali1800e5:peers{_peers.Length}:"), .. _peers, (byte)'e'];
                await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), _stopping.Token);
                await stream.WriteAsync(body, _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private async Task RunUdpAsync()
    {
        try
        {
            while (true)
            {
                var asked = await _udp.ReceiveAsync(_stopping.Token);
                var packet = asked.Buffer;
                var isConnect = packet.Length == 16;
                var answer = new byte[isConnect ? 16 : 20 + _peers.Length];
                BinaryPrimitives.WriteInt32BigEndian(answer, isConnect ? 0 : 1);
                packet.AsSpan(12, 4).CopyTo(answer.AsSpan(4));
                BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(8), 1800);
                if (!isConnect)
                {
                    InfoHashes.Enqueue(new InfoHash(packet.AsSpan(16, InfoHash.Length)));
                    Events.Enqueue(EventNames[packet[83]]);
                    _peers.CopyTo(answer.AsSpan(20));
                }
                if (AnswersWronglyFirst)
                {
                    var wrong = answer.ToArray();
                    wrong[4] ^= 1;
                    await _udp.SendAsync(wrong, asked.RemoteEndPoint, _stopping.Token);
                }
                await _udp.SendAsync(answer, asked.RemoteEndPoint, _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
