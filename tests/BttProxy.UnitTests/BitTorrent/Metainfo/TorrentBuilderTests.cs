using BttProxy.BitTorrent.Metainfo;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Metainfo;

public sealed class TorrentBuilderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Folder_IsTakenWithEverythingBelow()
    {
        Directory.CreateDirectory(_folder["show/season 1"]);
        await WriteAsync("show/b.bin", 100_000);
        await WriteAsync("show/season 1/ü.bin", 50_000);
        await WriteAsync("show/empty", 0);
        File.CreateSymbolicLink(_folder["show/link"], "/etc/passwd");

        var torrent = await TorrentBuilder.CreateAsync(_folder["show"], 16_384, progress: null, TestContext.Current.CancellationToken);

        var info = TorrentFile.Parse(torrent).Info;
        Assert.Equal("show", info.Name);
        Assert.Equal(["show/b.bin", "show/empty", "show/season 1/ü.bin"], info.Files.Select(file => file.DisplayPath));
        Assert.Equal(150_000, info.Length);
        Assert.Equal(torrent, TorrentFile.Write(info));
    }

    [Fact]
    public async Task SingleFile_HashesItsPieces()
    {
        var content = await WriteAsync("movie.mkv", 40_000);

        var info = TorrentFile.Parse(
            await TorrentBuilder.CreateAsync(_folder["movie.mkv"], 16_384, progress: null, TestContext.Current.CancellationToken)).Info;

        Assert.True(info.IsSingleFile);
        for (var i = 0; i < info.PieceCount; i++)
        {
            Assert.True(info.VerifyPiece(i, content.AsSpan(i * 16_384, info.PieceSize(i))));
        }
    }

    [Fact]
    public async Task NothingToShare_IsRefused()
    {
        await WriteAsync("empty", 0);
        var exception = await Assert.ThrowsAsync<InvalidTorrentException>(
            () => TorrentBuilder.CreateAsync(_folder["empty"], null, progress: null, TestContext.Current.CancellationToken));
        Assert.Equal(TorrentProblem.NoContent, exception.Problem);
    }

    [Fact]
    public async Task NameThatOthersWouldStoreDifferently_IsRefused()
    {
        await WriteAsync("what?", 10);
        var exception = await Assert.ThrowsAsync<InvalidTorrentException>(
            () => TorrentBuilder.CreateAsync(_folder["what?"], null, progress: null, TestContext.Current.CancellationToken));
        Assert.Equal(TorrentProblem.UnsafePath, exception.Problem);
    }

    [Fact]
    public async Task FolderOfOneFile_IsTakenWhereItCanBeTold()
    {
        Directory.CreateDirectory(_folder["show/season 1"]);
        await WriteAsync("show/season 1/a.bin", 40_000);
        Assert.Equal(["show/season 1/a.bin"], (await CreateAsync("show", TorrentVersion.V2)).Files.Select(file => file.DisplayPath));
        Assert.False((await CreateAsync("show/season 1", TorrentVersion.Hybrid)).IsSingleFile);

        var exception = await Assert.ThrowsAsync<InvalidTorrentException>(() => CreateAsync("show/season 1", TorrentVersion.V2));
        Assert.Equal(TorrentProblem.OnlyFile, exception.Problem);
    }

    private async Task<TorrentInfo> CreateAsync(string name, TorrentVersion version) => TorrentFile.Parse(
        await TorrentBuilder.CreateAsync(_folder[name], version, 16_384, progress: null, TestContext.Current.CancellationToken)).Info;

    private async Task<byte[]> WriteAsync(string name, int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        await File.WriteAllBytesAsync(_folder[name], content, TestContext.Current.CancellationToken);
        return content;
    }
}
