using BttProxy.BitTorrent.Transport.Utp;
using BttProxy.FunctionalTests.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Transport.Utp;

public sealed class HostileUtpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Syns_HoldNothingAndGetOneSmallAnswerEach()
    {
        await using var world = UtpWorld.Start();
        using var stranger = new RawUtp(world);
        for (ushort i = 0; i < 100; i++)
        {
            await stranger.SendAsync(new UtpHeader { Type = UtpPacketType.Syn, ConnectionId = i, Sequence = i });
        }
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(UtpPacketType.State, (await stranger.ReceiveAsync()).Type);
        }
        Assert.Equal(0, stranger.Waiting);
        Assert.Equal(0, world.Endpoint.Count);
        Assert.Equal(0, world.Accepted);
    }

    [Fact]
    public async Task FloodOfSyns_IsNotAnsweredWithoutEnd()
    {
        await using var world = UtpWorld.Start();
        using var stranger = new RawUtp(world);
        var answers = 0;
        for (var i = 0; i < 5000; i++)
        {
            await stranger.SendAsync(new UtpHeader { Type = UtpPacketType.Syn, ConnectionId = (ushort)i });
            answers += i % 50 == 0 ? stranger.Waiting : 0;
        }
        Assert.InRange(answers + stranger.Waiting, 1, 4000);
    }

    [Fact]
    public async Task AnswerThatWasNotSeen_OpensNothing()
    {
        await using var world = UtpWorld.Start();
        using var stranger = new RawUtp(world);
        await stranger.SendAsync(new UtpHeader { Type = UtpPacketType.Syn, ConnectionId = 5, Sequence = 1 });
        var answer = await stranger.ReceiveAsync();
        await stranger.SendAsync(RawUtp.First(5, answer) with { Ack = (ushort)(answer.Sequence + 5000) }, 1);
        Assert.Equal(UtpPacketType.Reset, (await stranger.ReceiveAsync()).Type);
        Assert.Equal(0, world.Endpoint.Count);
        await stranger.SendAsync(RawUtp.First(5, answer), 1);
        await (await world.AcceptAsync()).ReadExactlyAsync(new byte[1], Cancel);
    }

    [Fact]
    public async Task UnknownPackets_GetAFewResetsAndNeverOneForAReset()
    {
        await using var world = UtpWorld.Start();
        using var stranger = new RawUtp(world);
        for (var i = 0; i < 1000; i++)
        {
            await stranger.SendAsync(new UtpHeader { Type = UtpPacketType.State, ConnectionId = 9, Sequence = 1, Ack = 1 });
            await stranger.SendAsync(new UtpHeader { Type = UtpPacketType.Reset, ConnectionId = 9, Sequence = 1, Ack = 1 });
        }
        // What is answered to the last packet shows that those before were seen.
        using var honest = new RawUtp(world);
        await honest.ConnectAsync(1);
        await world.AcceptAsync();
        Assert.InRange(stranger.Waiting, 1, 100);
    }

    [Fact]
    public async Task ResetsThatDoNotFit_EndNothing()
    {
        await using var world = UtpWorld.Start();
        using var peer = new RawUtp(world);
        var answer = await peer.ConnectAsync(40);
        await using var stream = await world.AcceptAsync();
        await stream.ReadExactlyAsync(new byte[1], Cancel);
        var reset = new UtpHeader { Type = UtpPacketType.Reset, ConnectionId = 41, Sequence = 3, Ack = (ushort)(answer.Sequence - 1) };

        // From another address, and from there with another id or ack.
        using var stranger = new RawUtp(world, "127.0.13.9");
        await stranger.SendAsync(reset);
        await peer.SendAsync(reset with { ConnectionId = 39 });
        await peer.SendAsync(reset with { ConnectionId = 42 });
        await peer.SendAsync(reset with { Ack = answer.Sequence });
        await peer.SendAsync(RawUtp.First(40, answer) with { Sequence = 3 }, 7);
        var next = new byte[1];
        await stream.ReadExactlyAsync(next, Cancel);
        Assert.Equal(7, next[0]);

        // The real one, with the id of our own packets as libutp sends it to connections that it does not know.
        await peer.SendAsync(reset with { ConnectionId = 40 });
        await Assert.ThrowsAsync<IOException>(async () => await stream.ReadExactlyAsync(next, Cancel));
    }

    [Fact]
    public async Task OneAddress_DoesNotTakeAllPlaces()
    {
        await using var world = UtpWorld.Start(maxPerAddress: 3);
        using var greedy = new RawUtp(world, "127.0.13.8");
        for (ushort id = 0; id < 30; id += 3)
        {
            await greedy.SendAsync(new UtpHeader { Type = UtpPacketType.Syn, ConnectionId = id, Sequence = 1 });
            UtpHeader answer;
            do
            {
                answer = await greedy.ReceiveAsync();
            }
            while (answer.ConnectionId != id || answer.Type != UtpPacketType.State || answer.Ack != 1);
            await greedy.SendAsync(RawUtp.First(id, answer), 1);
        }
        using var modest = new RawUtp(world, "127.0.13.7");
        await modest.ConnectAsync(1);
        await SwarmWorld.UntilAsync(() => world.Accepted == 4, "the modest one is let in");
        Assert.Equal(4, world.Endpoint.Count);
    }

    [Fact]
    public async Task Strangers_ThatTheGuardForbidsGetNoAnswer()
    {
        await using var world = UtpWorld.Start(allowPrivate: false);
        using var stranger = new RawUtp(world);
        await stranger.SendAsync(new UtpHeader { Type = UtpPacketType.Syn, ConnectionId = 1, Sequence = 1 });
        await stranger.SendAsync(new UtpHeader { Type = UtpPacketType.Data, ConnectionId = 1, Sequence = 1 }, 1);
        await Task.Delay(200, Cancel);
        Assert.Equal(0, stranger.Waiting);
    }

    [Fact]
    public async Task Garbage_IsDropped()
    {
        await using var world = UtpWorld.Start();
        using var stranger = new RawUtp(world);
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var datagram = new byte[random.Next(100)];
            random.NextBytes(datagram);
            await stranger.SendAsync(datagram);
        }
        await Task.Delay(100, Cancel);
        _ = stranger.Waiting;
        await stranger.ConnectAsync(1);
        await (await world.AcceptAsync()).ReadExactlyAsync(new byte[1], Cancel);
        Assert.Equal(1, world.Endpoint.Count);
    }
}
