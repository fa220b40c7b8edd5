using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Who does not say who he is, or says it wrong, gets no connection and keeps no place.</summary>
public sealed class HostileHandshakeTests
{
    private static readonly byte[] Half = "\u0013BitTorrent prot"u8.ToArray();

    /// <summary>What the other side does, and as what its end is counted.</summary>
    public static TheoryData<string, string> Attacks => new()
    {
        { "silent", nameof(DropReason.HandshakeTimeout) },
        { "short-handshake", nameof(DropReason.HandshakeTimeout) },
        { "short-handshake and gone", nameof(DropReason.HandshakeFailed) },
        { "one byte at a time", nameof(DropReason.HandshakeTimeout) },
        { "wrong-hash", nameof(DropReason.HandshakeFailed) },
        { "garbage", nameof(DropReason.HandshakeFailed) },
        { "own id", nameof(DropReason.SelfConnection) },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task PeerWeDial_MustShakeHandsProperly(string attack, string expected)
    {
        await using var world = await HostileWorld.CreateAsync();
        await using var attacker = RawPeer.Start(async connection =>
        {
            var ours = await connection.ReadHandshakeAsync();
            await AttackAsync(attack, connection, ours.InfoHash, ours.PeerId);
        });
        var torrent = await world.DownloadAsync(attacker);
        await world.UntilEndedAsync(Enum.Parse<DropReason>(expected));

        await world.FinishAsync(torrent);
        Assert.True(attack != "own id" || attacker.Connections == 1, "our own address was dialled again");
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task PeerThatDialsUs_MustShakeHandsProperly(string attack, string expected)
    {
        await using var world = await HostileWorld.CreateAsync();
        var torrent = await world.DownloadAsync();
        using (var probe = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint, world.Info.InfoHash))
        {
            var ours = await probe.ReadHandshakeAsync();
            using var connection = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint);
            await AttackAsync(attack, connection, world.Info.InfoHash, ours.PeerId);
        }
        await world.UntilEndedAsync(Enum.Parse<DropReason>(expected));

        await world.FinishAsync(torrent);
    }

    [Fact]
    public async Task StrangersFromOneAddress_DoNotTakeAllPlaces()
    {
        await using var world = await HostileWorld.CreateAsync(options => options with
        {
            MaxConnections = 8,
            MaxIncomingPerAddress = 3,
            HandshakeTimeout = TimeSpan.FromSeconds(30),
        });
        var torrent = await world.DownloadAsync();
        var strangers = new List<RawConnection>();
        for (var i = 0; i < 20; i++)
        {
            strangers.Add(await RawPeer.ConnectAsync(world.Engine.LocalEndPoint));
        }
        await world.UntilEndedAsync(DropReason.TooManyPeers, 17);

        await world.FinishAsync(torrent);
        strangers.ForEach(stranger => stranger.Dispose());
    }

    [Fact]
    public async Task CallersThatHangUp_DoNotStopTheListener()
    {
        await using var world = await HostileWorld.CreateAsync();
        await world.SeedAsync();
        for (var i = 0; i < 200; i++)
        {
            (await RawPeer.ConnectAsync(world.Engine.LocalEndPoint)).Reset();
        }
        using var connection = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint, world.Info.InfoHash);
        Assert.Equal(world.Info.InfoHash, (await connection.ReadHandshakeAsync()).InfoHash);
    }

    [Fact]
    public async Task OwnAddress_IsDialledOnce()
    {
        await using var world = await HostileWorld.CreateAsync();
        var torrent = world.Engine.Add(world.Info, [world.Engine.LocalEndPoint]);
        torrent.DownloadAll();
        await world.UntilEndedAsync(DropReason.SelfConnection);
        await world.FinishAsync(torrent);
        Assert.Equal(0, torrent.State.Peers.Count(peer => peer.PeerId == world.Engine.Context.PeerId));
    }

    private static async Task AttackAsync(string attack, RawConnection connection, InfoHash infoHash, PeerId ownId)
    {
        switch (attack)
        {
            case "silent":
                await connection.IsClosedAsync();
                break;
            case "short-handshake":
                await connection.SendRawAsync(Half);
                await connection.IsClosedAsync();
                break;
            case "short-handshake and gone":
                await connection.SendRawAsync(Half);
                break;
            case "one byte at a time":
                await DribbleAsync(connection);
                break;
            case "wrong-hash":
                await connection.SendHandshakeAsync(InfoHash.Compute("another"u8), PeerId.Create());
                await connection.IsClosedAsync();
                break;
            case "garbage":
                var noise = new byte[1000];
                new Random(3).NextBytes(noise);
                await connection.SendRawAsync(noise);
                await connection.IsClosedAsync();
                break;
            case "own id":
                await connection.SendHandshakeAsync(infoHash, ownId);
                await connection.IsClosedAsync();
                break;
        }
    }

    private static async Task DribbleAsync(RawConnection connection)
    {
        try
        {
            foreach (var one in Half)
            {
                await connection.SendRawAsync(one);
                await Task.Delay(200, connection.Cancel);
            }
        }
        catch (IOException)
        {
            // Closed, as it should be.
        }
    }
}
