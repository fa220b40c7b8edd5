using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Swarm;
using BttProxy.FunctionalTests.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Transport.Utp;

public sealed class UtpStreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_ArriveBothWaysAtOnceAndTheEndIsSeen()
    {
        await using var one = UtpWorld.Start();
        await using var two = UtpWorld.Start();
        var (here, there) = await one.ConnectAsync(two);
        var content = new byte[8_000_000];
        new Random(1).NextBytes(content);

        var sending = Task.WhenAll(here.WriteAsync(content, Cancel).AsTask(), there.WriteAsync(content, Cancel).AsTask());
        var (fromThere, fromHere) = (new byte[content.Length], new byte[content.Length]);
        await Task.WhenAll(here.ReadExactlyAsync(fromThere, Cancel).AsTask(), there.ReadExactlyAsync(fromHere, Cancel).AsTask());
        await sending;
        Assert.True(fromHere.AsSpan().SequenceEqual(content) && fromThere.AsSpan().SequenceEqual(content));

        await here.DisposeAsync();
        Assert.Equal(0, await there.ReadAsync(new byte[10], Cancel));
        await there.DisposeAsync();
        await SwarmWorld.UntilAsync(() => one.Endpoint.Count + two.Endpoint.Count == 0, "both sides forget the connection");
    }

    [Fact]
    public async Task Writer_WaitsForAReaderThatDoesNotRead()
    {
        await using var one = UtpWorld.Start();
        await using var two = UtpWorld.Start();
        var (here, there) = await one.ConnectAsync(two);
        var writing = here.WriteAsync(new byte[10_000_000], Cancel).AsTask();
        await Task.Delay(500, Cancel);
        Assert.False(writing.IsCompleted);
        await there.ReadExactlyAsync(new byte[10_000_000], Cancel);
        await writing;
    }

    [Fact]
    public async Task BytesWrittenBeforeDispose_Arrive()
    {
        await using var one = UtpWorld.Start();
        await using var two = UtpWorld.Start();
        var (here, there) = await one.ConnectAsync(two);
        await here.WriteAsync(new byte[100_000], Cancel);
        await here.DisposeAsync();
        using var all = new MemoryStream();
        await there.CopyToAsync(all, Cancel);
        Assert.Equal(100_000, all.Length);
    }

    [Fact]
    public async Task DisposeWhileReading_EndsTheReadAndResetsTheOtherSideWhenItGoesOn()
    {
        await using var one = UtpWorld.Start();
        await using var two = UtpWorld.Start();
        var (here, there) = await one.ConnectAsync(two);
        var reading = here.ReadAsync(new byte[1], Cancel).AsTask();
        await here.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
            {
                await there.WriteAsync(new byte[10_000], Cancel);
            }
        });
    }

    [Fact]
    public async Task Nobody_IsToldAsATimeout()
    {
        await using var one = UtpWorld.Start();
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var dialling = one.Endpoint.ConnectAsync((IPEndPoint)silent.LocalEndPoint!, patience.Token);
        await SwarmWorld.UntilAsync(() => silent.Available > 0, "the SYN comes");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling);
        Assert.Equal(0, one.Endpoint.Count);
    }

    [Fact]
    public async Task Guard_IsAskedBeforeTheFirstPacket()
    {
        await using var one = UtpWorld.Start(allowPrivate: false);
        using var target = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        target.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await Assert.ThrowsAsync<DialRefusedException>(() => one.Endpoint.ConnectAsync((IPEndPoint)target.LocalEndPoint!, Cancel));
        Assert.Equal(0, target.Available);
    }

    [Fact]
    public async Task TooManyConnections_AreNotDialled()
    {
        await using var one = UtpWorld.Start(maxConnections: 1);
        await using var two = UtpWorld.Start();
        var (here, _) = await one.ConnectAsync(two);
        await Assert.ThrowsAsync<SocketException>(() => one.Endpoint.ConnectAsync(two.Endpoint.LocalEndPoint, Cancel));
        await here.DisposeAsync();
    }

    [Fact]
    public async Task EndOfTheEndpoint_IsToldToTheOtherSide()
    {
        await using var two = UtpWorld.Start();
        var one = UtpWorld.Start();
        var (here, there) = await one.ConnectAsync(two);
        var reading = here.ReadAsync(new byte[1], Cancel).AsTask();
        await one.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => reading);
        await Assert.ThrowsAsync<IOException>(async () => await there.ReadExactlyAsync(new byte[1], Cancel));
    }
}
