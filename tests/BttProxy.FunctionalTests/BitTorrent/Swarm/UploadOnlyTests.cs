using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Who wants nothing says so, and two of that kind part (BEP 21).</summary>
public sealed class UploadOnlyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SeedAndPeerThatOnlyGives_Part(bool isPartialSeed)
    {
        await using var world = await HostileWorld.CreateAsync();
        await world.SeedAsync();
        using var peer = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint, world.Info.InfoHash);
        await peer.ReadHandshakeAsync();
        Assert.True((await ReadHandshakeAsync(peer)).UploadOnly);
        if (isPartialSeed)
        {
            await peer.SendAsync(PeerMessageId.HaveNone);
            await peer.SendAsync(
                PeerMessageId.Extended, [ExtensionHandshake.MessageId, .. new ExtensionHandshake(1, null, null, null) { UploadOnly = true }.Write()]);
        }
        else
        {
            await peer.SendAsync(PeerMessageId.HaveAll);
        }
        await world.UntilEndedAsync(DropReason.Redundant);
    }

    [Fact]
    public async Task CompleteDownload_SaysSo_AndLetsGoOfSeedsOnly()
    {
        await using var world = await HostileWorld.CreateAsync();
        var torrent = await world.DownloadAsync();
        using var leech = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint, world.Info.InfoHash);
        await leech.ReadHandshakeAsync();
        await leech.SendAsync(PeerMessageId.HaveNone);
        Assert.Null((await ReadHandshakeAsync(leech)).UploadOnly);

        torrent.AddPeer((await world.Swarm.StartSeederAsync(world.Info)).LocalEndPoint);
        await world.CompleteAsync(torrent);
        await world.UntilEndedAsync(DropReason.Redundant);
        ExtensionHandshake last;
        do
        {
            last = await ReadHandshakeAsync(leech);
        }
        while (last.UploadOnly is null);
        Assert.True(last.UploadOnly);
        Assert.Equal(1, torrent.PeerCount);
    }

    private static async Task<ExtensionHandshake> ReadHandshakeAsync(RawConnection peer)
    {
        while (true)
        {
            var payload = await peer.ReadAsync(PeerMessageId.Extended);
            if (payload[0] == ExtensionHandshake.MessageId)
            {
                return ExtensionHandshake.TryParse(payload.AsSpan(1))!;
            }
        }
    }
}
