using BttProxy.BitTorrent.Metainfo;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Metainfo;

/// <summary>v2 and hybrid info dictionaries (BEP 52) as a stranger may write them.</summary>
public sealed class FileTreeTests
{
    private static readonly string Root = new('r', 32);

    [Fact]
    public void Files_BeginAtPieces()
    {
        var info = Version2(Folder(File("a", 5), File("b", 0), "1:d", Folder(File("c", 40_000)), File("e", 1))).Parse();

        Assert.Equal(
            ["content/a", "content/.pad/1", "content/b", "content/d/c", "content/.pad/4", "content/e"],
            info.Files.Select(file => file.DisplayPath));
        Assert.Equal([0L, 5, 16_384, 16_384, 56_384, 65_536], info.Files.Select(file => file.Offset));
        Assert.Equal(65_537, info.Length);
        Assert.Equal([16_384, 16_384, 16_384, 16_384, 1], Enumerable.Range(0, info.PieceCount).Select(info.PieceSize));
        Assert.Equal([5, 16_384, 16_384, 7232, 1], Enumerable.Range(0, info.PieceCount).Select(info.TransferSize));
        Assert.Null(info.InfoHashV1);
        Assert.Equal(info.InfoHashV2!.Value.Truncated, info.InfoHash);
    }

    [Fact]
    public void SingleFile_HasItsOwnName()
    {
        var info = Version2(Folder(File("movie.mkv", 5))).Parse();

        Assert.True(info.IsSingleFile);
        Assert.Equal("movie.mkv", info.Name);
        Assert.Equal(["movie.mkv"], Assert.Single(info.Files).Path);
    }

    [Fact]
    public void OneFileInAFolder_IsBelowTheTorrentsName() =>
        Assert.Equal(["content", "d", "a"], Assert.Single(Version2(Folder("1:d", Folder(File("a", 5)))).Parse().Files).Path);

    [Fact]
    public void ImpossibleTree_IsRefused()
    {
        Refused(TorrentProblem.MissingField, Version2("i5e"));
        Refused(TorrentProblem.MissingField, Version2("de"));
        Refused(TorrentProblem.MissingField, Version2(Description(5)));
        Refused(TorrentProblem.MissingField, Version2(Folder("1:a", "i5e", File("b", 1))));
        Refused(TorrentProblem.MissingField, Version2(Folder("1:a", "d0:i5ee", File("b", 1))));
        Refused(TorrentProblem.MissingField, Version2(Folder("1:a", "d0:d6:lengthi5eee", File("b", 1))));
        Refused(TorrentProblem.MissingField, Version2(Folder("1:a", "d0:d6:lengthi5e11:pieces root3:abcee", File("b", 1))));
        Refused(TorrentProblem.MissingField, Version2(Folder(File("b", 1), File("a", 1))));
        Refused(TorrentProblem.BadFileLength, Version2(Folder("1:a", "d0:dee", File("b", 1))));
        Refused(TorrentProblem.BadFileLength, Version2(Folder(File("a", -1))));
        Refused(TorrentProblem.BadFileLength, Version2(Folder(File("a", long.MaxValue))));
        Refused(TorrentProblem.NoContent, Version2(Folder(File("a", 0))));
        Refused(TorrentProblem.TooManyPieces, Version2(Folder(File("a", 1L << 40))));
        Refused(TorrentProblem.PathConflict, Version2(Folder("1:a", $"d0:{Properties(5)}{File("b", 1)}e")));
        Refused(TorrentProblem.PathConflict, Version2(Folder(File("A", 1), "1:a", Folder(File("b", 1)))));
        Refused(TorrentProblem.SymbolicLink, Version2(Folder("1:a", "d0:d4:attr1:l6:lengthi0eee", File("b", 1))));
        Refused(TorrentProblem.UnsafePath, Version2(Folder(File("..", 1), File("a", 1))));
        Refused(TorrentProblem.UnsafePath, Version2(Folder(File("a/b", 1))));
        Refused(TorrentProblem.UnsafePath, Version2(string.Concat(Enumerable.Repeat("d1:d", 70)) + Description(5) + new string('e', 70)));
        Refused(TorrentProblem.NotBencoding, Version2(string.Concat(Enumerable.Repeat("d1:d", 2000)) + Description(5) + new string('e', 2000)));
        Refused(TorrentProblem.PieceLayerMismatch, Version2(Folder(File("a", 20_000), File("b", 90_000))));
    }

    [Theory]
    [InlineData("i1e")]
    [InlineData("i3e")]
    [InlineData("1:2")]
    public void OtherVersion_IsRefusedByName(string version)
    {
        Refused(TorrentProblem.UnknownVersion, new TorrentInfoBuilder { Version = version, SingleLength = 5 });
        Refused(TorrentProblem.UnknownVersion, new TorrentInfoBuilder { Version = version, FileTree = Folder(File("a", 1)) }.WithPieces([]));
    }

    [Theory]
    [InlineData(8192)]
    [InlineData(16_385)]
    public void PieceShorterThanABlock_IsRefused(long pieceLength) => Refused(
        TorrentProblem.BadPieceLength,
        new TorrentInfoBuilder { Version = "i2e", FileTree = Folder(File("a", 1)), PieceLength = pieceLength }.WithPieces([]));

    [Fact]
    public void HybridOfTwoContents_IsRefused()
    {
        Assert.True(Hybrid(File("a", 5), File("b", 6)).AddFile("a", 5).AddFile(".pad/1", 16_379, "p").AddFile("b", 6).Parse().IsHybrid);

        Refused(TorrentProblem.HybridMismatch, Hybrid(File("a", 5), File("b", 6)).AddFile("a", 5).AddFile("b", 6));
        Refused(TorrentProblem.HybridMismatch, Hybrid(File("a", 5), File("b", 6)).AddFile("a", 5).AddFile(".pad/1", 16_379, "p"));
        Refused(TorrentProblem.HybridMismatch, Hybrid(File("a", 5), File("b", 6)).AddFile("a", 5).AddFile(".pad/1", 16_379, "p").AddFile("c", 6));
        Refused(TorrentProblem.HybridMismatch, Hybrid(File("a", 5), File("b", 6)).AddFile("a", 5).AddFile(".pad/1", 16_379, "p").AddFile("b", 7));
        Refused(TorrentProblem.HybridMismatch, Hybrid(File("a", 5), File("b", 6)).AddFile("b", 6).AddFile(".pad/1", 16_378, "p").AddFile("a", 5));
        Refused(TorrentProblem.HybridMismatch, Hybrid(File("a", 5)).AddFile("b", 5));
        Refused(
            TorrentProblem.HybridMismatch,
            Hybrid(File("a", 5), File("b", 6)).AddFile("a", 5).AddFile(".pad/1", 16_379, "p").AddFile("b", 6).AddFile("c", 1));
        Refused(
            TorrentProblem.HybridMismatch,
            Hybrid(File("a", 5), File("b", 6)).AddFile("a", 5).AddFile(".pad/1", 16_379, "p").AddFile("b", 6).AddFile(".pad/2", 20_000, "p"));
    }

    /// <summary>As libtorrent makes and reads them, although v2 alone would mean the file without the folder.</summary>
    [Fact]
    public void HybridFolderOfOneFile_IsAFolder()
    {
        var info = Hybrid(File("a", 5)).AddFile("a", 5).Parse();
        Assert.False(info.IsSingleFile);
        Assert.Equal(["content/a"], info.Files.Select(file => file.DisplayPath));
    }

    [Fact]
    public void MutatedDictionaries_NeverThrowAnythingElse()
    {
        var random = new Random(20261126);
        byte[][] originals =
        [
            Version2(Folder(File("a", 5), "1:d", Folder(File("c", 40_000)), File("e", 1))).Build(),
            Hybrid(File("a", 5), File("b", 6)).AddFile("a", 5).AddFile(".pad/1", 16_379, "p").AddFile("b", 6).Build(),
        ];
        for (var round = 0; round < 100_000; round++)
        {
            var mutated = (byte[])originals[round % 2].Clone();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                mutated[random.Next(mutated.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : "0123456789dlie:-"[random.Next(16)]);
            }
            try
            {
                var info = TorrentInfo.Parse(mutated);
                Assert.InRange(info.PieceCount, 1, TorrentLimits.MaxPieces);
                Assert.InRange(info.TransferSize(info.PieceCount - 1), 1, info.PieceLength);
            }
            catch (InvalidTorrentException)
            {
            }
        }
    }

    private static TorrentInfoBuilder Version2(string tree) => new TorrentInfoBuilder { Version = "i2e", FileTree = tree }.WithPieces([]);

    private static TorrentInfoBuilder Hybrid(params string[] tree) => new() { Version = "i2e", FileTree = Folder(tree) };

    private static string Folder(params string[] entries) => $"d{string.Concat(entries)}e";

    private static string File(string name, long length) => $"{name.Length}:{name}{Description(length)}";

    private static string Description(long length) => $"d0:{Properties(length)}e";

    // A root for each length: equal roots of different lengths are refused.
    private static string Properties(long length) => $"d6:lengthi{length}e11:pieces root32:{RootOf(length)}e";

    private static string RootOf(long length) => length > 16_384 ? Root : $"{length,32}";

    private static void Refused(TorrentProblem problem, TorrentInfoBuilder torrent) =>
        Assert.Equal(problem, Assert.Throws<InvalidTorrentException>(torrent.Parse).Problem);
}
