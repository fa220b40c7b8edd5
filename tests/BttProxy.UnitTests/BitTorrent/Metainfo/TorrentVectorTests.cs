using BttProxy.BitTorrent.Metainfo;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Metainfo;

/// <summary>Torrents of v1, v2 and both that libtorrent made.</summary>
public sealed class TorrentVectorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Names => TorrentVectors.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Torrent_HasTheHashesAndFilesOfLibtorrent(string set, string kind)
    {
        var vector = TorrentVectors.Find(set, kind);
        var info = TorrentFile.Parse(TorrentVectors.Torrent(set, kind)).Info;

        Assert.Equal(vector.GetProperty("infoHashV1").GetString(), info.InfoHashV1?.ToString());
        Assert.Equal(vector.GetProperty("infoHashV2").GetString(), info.InfoHashV2?.ToString());
        Assert.Equal(vector.GetProperty("pieces").GetInt32(), info.PieceCount);
        Assert.Equal(
            vector.GetProperty("files").EnumerateArray().Select(file => (
                file.GetProperty("path").GetString(), file.GetProperty("length").GetInt64(), file.GetProperty("offset").GetInt64())),
            info.Files.Where(file => !file.IsPadding).Select(file => ((string?)file.DisplayPath, file.Length, file.Offset)));
        Assert.Equal(MagnetLink.Of(info), MagnetLink.Parse(vector.GetProperty("magnet").GetString()!));
        Assert.True(info.HasAllHashes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Content_IsVerifiedAndAnyFlippedBitIsSeen(string set, string kind)
    {
        var info = TorrentFile.Parse(TorrentVectors.Torrent(set, kind)).Info;
        var content = Content(info);
        for (var i = 0; i < info.PieceCount; i++)
        {
            var piece = content.AsSpan(i * info.PieceLength, info.PieceSize(i));
            Assert.True(info.VerifyPiece(i, piece));
            Assert.False(info.VerifyPiece(i, piece[1..]));
            foreach (var position in new[] { 0, info.TransferSize(i) / 2, info.TransferSize(i) - 1 })
            {
                piece[position] ^= 1;
                Assert.False(info.VerifyPiece(i, piece));
                piece[position] ^= 1;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task OurTorrentOfTheSameContent_IsTheSame(string set, string kind)
    {
        var theirs = TorrentFile.Parse(TorrentVectors.Torrent(set, kind)).Info;
        foreach (var file in theirs.Files.Where(file => !file.IsPadding))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file.DisplayPath])!);
            await File.WriteAllBytesAsync(
                _folder[file.DisplayPath], TorrentVectors.Content(file.Length), TestContext.Current.CancellationToken);
        }
        var torrent = await TorrentBuilder.CreateAsync(
            _folder[set], Enum.Parse<TorrentVersion>(kind, ignoreCase: true), TorrentVectors.PieceLength, progress: null,
            TestContext.Current.CancellationToken);

        Assert.Equal(theirs.RawBytes.ToArray(), TorrentFile.Parse(torrent).Info.RawBytes.ToArray());
        Assert.Equal(torrent, TorrentFile.Write(theirs));
    }

    [Fact]
    public void WrongPieceLayer_IsRefused()
    {
        var torrent = TorrentVectors.Torrent("folder", "v2");
        var layers = torrent.AsSpan().IndexOf("12:piece layers"u8);
        torrent[layers + 80] ^= 1;
        Assert.Equal(
            TorrentProblem.PieceLayerMismatch, Assert.Throws<InvalidTorrentException>(() => TorrentFile.Parse(torrent)).Problem);
    }

    [Fact]
    public void WithoutPieceLayers_OnlySmallFilesCanBeVerified()
    {
        var info = TorrentInfo.Parse(TorrentFile.Parse(TorrentVectors.Torrent("folder", "v2")).Info.RawBytes);

        Assert.False(info.HasAllHashes);
        Assert.Equal(
            [false, false, false, false, false, false, true, true], Enumerable.Range(0, info.PieceCount).Select(info.CanVerify));
        Assert.False(info.VerifyPiece(0, Content(info).AsSpan(0, info.PieceLength)));
    }

    [Fact]
    public void HybridWhoseHashesContradictEachOther_IsNoPeersFault()
    {
        var torrent = TorrentVectors.Torrent("folder", "hybrid");
        torrent[torrent.AsSpan().IndexOf("6:pieces160:"u8) + 12] ^= 1;
        var info = TorrentFile.Parse(torrent).Info;
        var content = Content(info);

        Assert.Equal(PieceVerdict.Contradiction, info.CheckPiece(0, content.AsSpan(0, info.PieceLength)));
        Assert.Equal(PieceVerdict.Good, info.CheckPiece(1, content.AsSpan(info.PieceLength, info.PieceLength)));
        content[0] ^= 1;
        Assert.Equal(PieceVerdict.Bad, info.CheckPiece(0, content.AsSpan(0, info.PieceLength)));
    }

    private static byte[] Content(TorrentInfo info)
    {
        var content = new byte[info.Length];
        foreach (var file in info.Files.Where(file => !file.IsPadding))
        {
            TorrentVectors.Content(file.Length).CopyTo(content, file.Offset);
        }
        return content;
    }
}
