using System.Buffers.Binary;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Peers that take time instead of giving data: they hold up nobody, and lose their place to others.</summary>
public sealed class HostilePaceTests
{
    private const int BlockLength = BlockRequest.BlockLength;

    [Theory]
    [InlineData("choke")]
    [InlineData("keepalive")]
    [InlineData("chatter")]
    public async Task PeerThatGivesNothing_IsReplacedWhenOthersWait(string attack)
    {
        await using var world = await HostileWorld.CreateAsync(options => options with
        {
            MaxPeersPerTorrent = 1,
            UselessAfter = TimeSpan.FromMilliseconds(500),
        });
        await using var staller = RawPeer.Start(async connection =>
        {
            await connection.HandshakeAsync();
            await connection.SendAsync(PeerMessageId.HaveAll);
            while (attack != "choke")
            {
                await (attack == "keepalive" ? connection.SendRawAsync(0, 0, 0, 0) : connection.SendNumbersAsync(PeerMessageId.Have, 0));
                await Task.Delay(50, connection.Cancel);
            }
            await connection.IsClosedAsync();
        });
        var torrent = await world.DownloadAsync(staller);
        await SwarmWorld.UntilAsync(() => torrent.PeerCount == 1, "the only place is taken");

        await world.FinishAsync(torrent);
        Assert.True(world.Ended(DropReason.Idle) > 0);
    }

    [Fact]
    public async Task StrangersWithoutInterest_MakeRoomForPeersThatWantData()
    {
        await using var world = await HostileWorld.CreateAsync(options => options with
        {
            MaxPeersPerTorrent = 3,
            UselessAfter = TimeSpan.FromMilliseconds(500),
        });
        await world.SeedAsync();
        var idle = new List<RawConnection>();
        for (var i = 0; i < 3; i++)
        {
            idle.Add(await RawPeer.ConnectAsync(world.Engine.LocalEndPoint, world.Info.InfoHash));
            await idle[i].ReadHandshakeAsync();
        }
        var honest = (await world.Swarm.StartEngineAsync("honest")).Add(world.Info, [world.Engine.LocalEndPoint]);
        honest.DownloadAll();
        await honest.MetadataAsync(TestContext.Current.CancellationToken);

        await SwarmWorld.UntilAsync(() => honest.Have!.IsComplete, "download by the peer that was turned away");
        Assert.True(world.Ended(DropReason.Idle) > 0);
        idle.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task PeersThatNeverAnswer_DoNotHoldUpAReader()
    {
        // The block timeout is far away: only asking others helps.
        await using var world = await HostileWorld.CreateAsync(options => options with { BlockTimeout = TimeSpan.FromMinutes(5) });
        var asked = 0;
        await using var silent = RawPeer.Start(StaySilentAsync);
        await using var another = RawPeer.Start(StaySilentAsync);
        var torrent = world.Engine.Add(world.Info, [silent.EndPoint, another.EndPoint]);
        await torrent.MetadataAsync(TestContext.Current.CancellationToken);
        var reading = SwarmWorld.ReadAsync(torrent, 0, 1000);
        var blocks = world.Info.PieceLength / BlockLength;
        await SwarmWorld.UntilAsync(() => Volatile.Read(ref asked) >= 2 * blocks, "both were asked for the first piece");

        torrent.AddPeer((await world.Swarm.StartSeederAsync(world.Info)).LocalEndPoint);
        Assert.Equal(world.Content[..1000], await reading);

        Task StaySilentAsync(RawConnection connection) => connection.ServeAsync(request =>
        {
            Interlocked.Add(ref asked, request.Piece == 0 ? 1 : 0);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task ChokeWithRequestsOpen_GivesThemToOthersAtOnce()
    {
        // The block timeout is far away: only the choke can free the requests.
        await using var world = await HostileWorld.CreateAsync(options => options with { BlockTimeout = TimeSpan.FromMinutes(5) });
        await using var choker = RawPeer.Start(connection => connection.ServeAsync(async request =>
        {
            await connection.SendPieceAsync(request.Piece, request.Begin, world.Block(request));
            await connection.SendAsync(PeerMessageId.Choke);
        }));
        var torrent = await world.DownloadAsync(choker);
        await SwarmWorld.UntilAsync(() => torrent.Totals.UsefulBytes > 0, "the first block");
        await world.FinishAsync(torrent);
    }

    [Fact]
    public async Task UnchokeAndChokeForEver_IsAStall()
    {
        await using var world = await HostileWorld.CreateAsync();
        await using var teaser = RawPeer.Start(connection => connection.ServeAsync(async _ =>
        {
            await connection.SendAsync(PeerMessageId.Choke);
            await Task.Delay(20, connection.Cancel);
            await connection.SendAsync(PeerMessageId.Unchoke);
        }));
        var torrent = await world.DownloadAsync(teaser);
        await world.UntilEndedAsync(DropReason.Stalled);
        await world.FinishAsync(torrent);
    }

    [Theory]
    [InlineData("takes requests and sends nothing")]
    [InlineData("stall")]
    [InlineData("slowloris")]
    public async Task PeerThatOwesBlocks_IsSnubbedAndThenDropped(string attack)
    {
        await using var world = await HostileWorld.CreateAsync();
        await using var staller = RawPeer.Start(async connection =>
        {
            var served = 0;
            await connection.ServeAsync(async request =>
            {
                if (attack == "stall" && ++served <= 3)
                {
                    await connection.SendPieceAsync(request.Piece, request.Begin, world.Block(request));
                }
                else if (attack == "slowloris")
                {
                    await DribbleBlockAsync(connection, request);
                }
            });
        });
        var torrent = await world.DownloadAsync(staller);
        await world.UntilEndedAsync(DropReason.Stalled);
        await world.FinishAsync(torrent);
    }

    [Fact]
    public async Task OneBlockNowAndThen_IsBelowTheMinimumRate()
    {
        await using var world = await HostileWorld.CreateAsync(options => options with
        {
            BlockTimeout = TimeSpan.FromMinutes(5),
            MinPeerRate = 1_000_000,
            MinPeerRateWindow = TimeSpan.FromSeconds(1),
        });
        await using var trickle = RawPeer.Start(connection => connection.ServeAsync(async request =>
        {
            await connection.SendPieceAsync(request.Piece, request.Begin, world.Block(request));
            await Task.Delay(250, connection.Cancel);
        }));
        var torrent = await world.DownloadAsync(trickle);
        await world.UntilEndedAsync(DropReason.Stalled);
        Assert.True(torrent.Totals.UsefulBytes > 0);

        await world.FinishAsync(torrent);
    }

    [Fact]
    public async Task MessageThatNeverEnds_IsNoSignOfLife()
    {
        await using var world = await HostileWorld.CreateAsync(options => options with { IdleTimeout = TimeSpan.FromSeconds(1) });
        await using var slow = RawPeer.Start(async connection =>
        {
            await connection.HandshakeAsync();
            await connection.SendRawAsync(0, 1, 0, 0, (byte)PeerMessageId.Bitfield);
            while (true)
            {
                await connection.SendRawAsync(0);
                await Task.Delay(50, connection.Cancel);
            }
        });
        var torrent = await world.DownloadAsync(slow);
        await world.UntilEndedAsync(DropReason.Idle);
        await world.FinishAsync(torrent);
    }

    [Fact]
    public async Task PieceThatOnlyAStallerHas_DoesNotKeepTheMemoryFromOthers()
    {
        // Room for one piece: the staller's is in it when the honest peer comes, who has all but that one.
        await using var world = await HostileWorld.CreateAsync(options => options with { PieceMemory = 64 * 1024 });
        var last = world.Info.PieceCount - 1;
        await using var staller = RawPeer.Start(async connection =>
        {
            await connection.HandshakeAsync();
            await connection.SendNumbersAsync(PeerMessageId.Have, 0);
            await connection.SendAsync(PeerMessageId.Unchoke);
            await connection.ReadAsync(PeerMessageId.Request);
            await connection.SendPieceAsync(0, 0, world.Block(new BlockRequest(0, 0, BlockLength)));
            await connection.SendAsync(PeerMessageId.Choke);
            await connection.IsClosedAsync();
        });
        await using var partial = RawPeer.Start(async connection =>
        {
            await connection.HandshakeAsync();
            for (var piece = 1; piece <= last; piece++)
            {
                await connection.SendNumbersAsync(PeerMessageId.Have, piece);
            }
            await connection.SendAsync(PeerMessageId.Unchoke);
            while (true)
            {
                BlockRequest.TryRead(await connection.ReadAsync(PeerMessageId.Request), out var request);
                await connection.SendPieceAsync(request.Piece, request.Begin, world.Block(request));
            }
        });
        var torrent = await world.DownloadAsync(staller);
        await SwarmWorld.UntilAsync(() => torrent.Totals.UsefulBytes > 0, "the staller's block");
        torrent.AddPeer(partial.EndPoint);
        await SwarmWorld.UntilAsync(() => torrent.Have!.Count == last, "all that the honest peer has");

        await world.FinishAsync(torrent);
    }

    private static async Task DribbleBlockAsync(RawConnection connection, BlockRequest request)
    {
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, 9 + request.Length);
        head[4] = (byte)PeerMessageId.Piece;
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(5), request.Piece);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(9), request.Begin);
        await connection.SendRawAsync(head);
        for (var i = 0; i < request.Length; i++)
        {
            await connection.SendRawAsync(0);
            await Task.Delay(20, connection.Cancel);
        }
    }
}
