using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Peers that abuse what we give lose their connection; others still get theirs.</summary>
public sealed class HostileDownloaderTests
{
    private const int BlockLength = BlockRequest.BlockLength;

    [Theory]
    [InlineData("request past the end", nameof(DropReason.IndexOutOfRange))]
    [InlineData("request of nothing", nameof(DropReason.MalformedMessage))]
    [InlineData("request with a negative offset", nameof(DropReason.MalformedMessage))]
    [InlineData("request over 128 KiB", nameof(DropReason.IndexOutOfRange))]
    [InlineData("request that overflows", nameof(DropReason.IndexOutOfRange))]
    [InlineData("cancel flood", nameof(DropReason.TooManyRequests))]
    [InlineData("request flood while choked", nameof(DropReason.TooManyRequests))]
    [InlineData("not reading", nameof(DropReason.NotReading))]
    public async Task HostileDownloader_LosesItsConnection(string attack, string expected)
    {
        await using var world = await HostileWorld.CreateAsync(options => options with { SendTimeout = TimeSpan.FromMilliseconds(700) });
        await world.SeedAsync();
        using var connection = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint, world.Info.InfoHash);
        await connection.ReadHandshakeAsync();
        if (attack != "request flood while choked")
        {
            await connection.SendAsync(PeerMessageId.Interested);
            await connection.ReadAsync(PeerMessageId.Unchoke);
        }
        await AttackAsync(attack, connection, world.Info.PieceCount, world.Info.PieceSize(world.Info.PieceCount - 1));
        await world.UntilEndedAsync(Enum.Parse<DropReason>(expected));
        Assert.Equal(0, world.Ended(DropReason.InternalError));

        var honest = (await world.Swarm.StartEngineAsync("honest")).Add(world.Info, [world.Engine.LocalEndPoint]);
        honest.DownloadAll();
        await honest.MetadataAsync(TestContext.Current.CancellationToken);
        await SwarmWorld.UntilAsync(() => honest.Have!.IsComplete, "an honest download");
    }

    [Fact]
    public async Task QueueOfRequests_IsBounded()
    {
        await using var world = await HostileWorld.CreateAsync();
        var torrent = await world.SeedAsync();
        using var connection = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint, world.Info.InfoHash);
        await connection.ReadHandshakeAsync();
        await connection.SendAsync(PeerMessageId.Interested);
        await connection.ReadAsync(PeerMessageId.Unchoke);
        for (var i = 0; i < 1200; i++)
        {
            await connection.SendNumbersAsync(PeerMessageId.Request, 0, 0, 60_000);
        }
        var answers = (Pieces: 0, Rejects: 0);
        while (answers.Pieces + answers.Rejects < 1200)
        {
            var (id, _) = await connection.ReadAsync();
            Assert.InRange(torrent.State.Peers.Sum(peer => peer.Uploads.Count), 0, UploadSlots.MaxQueue);
            answers.Pieces += id == PeerMessageId.Piece ? 1 : 0;
            answers.Rejects += id == PeerMessageId.RejectRequest ? 1 : 0;
        }
        Assert.True(answers.Pieces >= UploadSlots.MaxQueue, $"{answers}");
    }

    private static async Task AttackAsync(string attack, RawConnection connection, int pieces, int lastSize)
    {
        switch (attack)
        {
            case "request past the end":
                await connection.SendNumbersAsync(PeerMessageId.Request, pieces - 1, lastSize, BlockLength);
                break;
            case "request of nothing":
                await connection.SendNumbersAsync(PeerMessageId.Request, 0, 0, 0);
                break;
            case "request with a negative offset":
                await connection.SendNumbersAsync(PeerMessageId.Request, 0, -BlockLength, BlockLength);
                break;
            case "request over 128 KiB":
                await connection.SendNumbersAsync(PeerMessageId.Request, 0, 0, 128 * 1024 + 1);
                break;
            case "request that overflows":
                await connection.SendNumbersAsync(PeerMessageId.Request, 0, int.MaxValue, int.MaxValue);
                break;
            case "cancel flood":
                await FloodAsync(connection, PeerMessageId.Cancel, 4000);
                break;
            case "request flood while choked":
                await FloodAsync(connection, PeerMessageId.Request, 4000);
                break;
            case "not reading":
                await FloodAsync(connection, PeerMessageId.Request, 500, length: 60_000);
                break;
        }
    }

    private static async Task FloodAsync(RawConnection connection, PeerMessageId id, int times, int length = BlockLength)
    {
        try
        {
            for (var i = 0; i < times; i++)
            {
                await connection.SendNumbersAsync(id, 0, 0, length);
            }
        }
        catch (IOException)
        {
            // Closed in the middle, as it should be.
        }
    }
}
