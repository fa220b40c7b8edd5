using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Who talks to whom under which policy, and how.</summary>
public sealed class EncryptionTests
{
    [Theory]
    [InlineData(EncryptionPolicy.Prefer, EncryptionPolicy.Prefer)]
    [InlineData(EncryptionPolicy.Prefer, EncryptionPolicy.Require)]
    [InlineData(EncryptionPolicy.Prefer, EncryptionPolicy.Off)]
    [InlineData(EncryptionPolicy.Require, EncryptionPolicy.Prefer)]
    [InlineData(EncryptionPolicy.Require, EncryptionPolicy.Require)]
    [InlineData(EncryptionPolicy.Off, EncryptionPolicy.Prefer)]
    public async Task PoliciesThatMeet_Transfer(EncryptionPolicy dialling, EncryptionPolicy dialled)
    {
        await using var world = await HostileWorld.CreateAsync(options => options with { Encryption = dialled });
        await world.SeedAsync();
        var torrent = await DialAsync(world, dialling);

        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete, "download");
        Assert.Equal(world.Content, await SwarmWorld.ReadAsync(torrent, 0, world.Info.Length));
    }

    [Theory]
    [InlineData(EncryptionPolicy.Require, EncryptionPolicy.Off, nameof(DropReason.HandshakeFailed))]
    [InlineData(EncryptionPolicy.Off, EncryptionPolicy.Require, nameof(DropReason.NotEncrypted))]
    public async Task PoliciesThatDoNotMeet_AreNoPeers(EncryptionPolicy dialling, EncryptionPolicy dialled, string expected)
    {
        await using var world = await HostileWorld.CreateAsync(options => options with { Encryption = dialled });
        await world.SeedAsync();
        var torrent = await DialAsync(world, dialling);

        await world.UntilEndedAsync(Enum.Parse<DropReason>(expected), times: 2);
        Assert.Equal((0, 0), (torrent.PeerCount, torrent.Have!.Count));
    }

    [Fact]
    public async Task PeerThatKnowsNoEncryption_IsDialledAgainInClear()
    {
        await using var world = await HostileWorld.CreateAsync(options => options with { Encryption = EncryptionPolicy.Prefer });
        var first = new List<bool>();
        await using var peer = RawPeer.Start(async connection =>
        {
            var head = new byte[Handshake.ProtocolLength];
            await connection.Stream.ReadExactlyAsync(head, connection.Cancel);
            first.Add(Handshake.IsProtocol(head));
            if (first[^1])
            {
                await connection.Stream.ReadExactlyAsync(new byte[Handshake.Length - Handshake.ProtocolLength], connection.Cancel);
                await connection.SendHandshakeAsync(world.Info.InfoHash, PeerId.Create());
                await connection.IsClosedAsync();
            }
        });
        var torrent = await world.DownloadAsync(peer);

        await SwarmWorld.UntilAsync(() => torrent.PeerCount == 1, "a peer in clear");
        Assert.Equal([false, true], first);
    }

    private static async Task<Torrent> DialAsync(HostileWorld world, EncryptionPolicy policy)
    {
        var engine = await world.Swarm.StartEngineAsync("dialling", configure: options => options with { Encryption = policy }, address: "127.0.12.1");
        var torrent = engine.Add(world.Info, [world.Engine.LocalEndPoint]);
        torrent.DownloadAll();
        await torrent.MetadataAsync(TestContext.Current.CancellationToken);
        return torrent;
    }
}
