using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

public sealed class Version2UploadTests
{
    private const int PieceLength = 2 * BlockRequest.BlockLength;
    private const int LastPiece = 2;
    private const int LastPieceLength = BlockRequest.BlockLength + 1000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WholeBlockAtTheEnd_OfWhichAPartIsPadding_IsContentAndZeros()
    {
        await using var world = new SwarmWorld();
        await world.CreateContentAsync("content", PieceLength, ("first", 5), ("last", PieceLength + LastPieceLength));
        var info = TorrentFile.Parse(
            await TorrentBuilder.CreateAsync(world.ContentPath("content"), TorrentVersion.V2, PieceLength, progress: null, Cancel)).Info;
        var seeder = await world.StartSeederAsync(info);
        using var connection = await RawPeer.ConnectAsync(seeder.LocalEndPoint, info.InfoHash);
        await connection.ReadHandshakeAsync();
        await connection.SendAsync(PeerMessageId.Interested);
        await connection.ReadAsync(PeerMessageId.Unchoke);

        await connection.SendNumbersAsync(PeerMessageId.Request, LastPiece, BlockRequest.BlockLength, BlockRequest.BlockLength);

        var block = (await connection.ReadAsync(PeerMessageId.Piece))[8..];
        Assert.Equal((await File.ReadAllBytesAsync(world["content/content/last"], Cancel))[^1000..], block[..1000]);
        Assert.Equal(new byte[BlockRequest.BlockLength - 1000], block[1000..]);

        await connection.SendNumbersAsync(PeerMessageId.Request, LastPiece, BlockRequest.BlockLength, BlockRequest.BlockLength + 1);
        Assert.True(await connection.IsClosedAsync());
    }
}
