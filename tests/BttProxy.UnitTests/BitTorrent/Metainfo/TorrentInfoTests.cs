using System.Text;
using BttProxy.BitTorrent.Metainfo;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Metainfo;

public sealed class TorrentInfoTests
{
    [Fact]
    public void SeveralFiles_AreLaidOutOneAfterTheOther()
    {
        var info = new TorrentInfoBuilder()
            .AddFile("a.txt", 10_000).AddFile("empty", 0).AddFile("søk/ファイル.bin", 30_000).Parse();

        Assert.Equal(40_000, info.Length);
        Assert.Equal(3, info.PieceCount);
        Assert.Equal(40_000 - (2 * 16_384), info.PieceSize(2));
        Assert.Equal(["content/a.txt", "content/empty", "content/søk/ファイル.bin"], info.Files.Select(file => file.DisplayPath));
        Assert.Equal([0L, 10_000, 10_000], info.Files.Select(file => file.Offset));
        Assert.False(info.IsSingleFile);
    }

    [Fact]
    public void SingleFile_HasOnePart()
    {
        var info = new TorrentInfoBuilder { SingleLength = 5, Content = "hello"u8.ToArray() }.Parse();

        Assert.True(info.IsSingleFile);
        Assert.Equal(["content"], Assert.Single(info.Files).Path);
        Assert.True(info.VerifyPiece(0, "hello"u8));
        Assert.False(info.VerifyPiece(0, "hellO"u8));
        Assert.False(info.VerifyPiece(0, "hell"u8));
    }

    [Fact]
    public void PaddingFile_IsRecognisedAndTakesNoName()
    {
        var info = new TorrentInfoBuilder().AddFile("a", 100).AddFile(".pad/1", 16_284, "p").AddFile("b", 5).AddFile(".pad/1", 16_379, "p").Parse();

        Assert.Equal([false, true, false, true], info.Files.Select(file => file.IsPadding));
        Assert.Equal(16_384, info.Files[2].Offset);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-16384)]
    [InlineData(16385)]
    [InlineData(1L << 31)]
    [InlineData(long.MaxValue)]
    public void PieceLengthThatCannotBe_IsRefused(long pieceLength) =>
        Refused(TorrentProblem.BadPieceLength, new TorrentInfoBuilder { PieceLength = pieceLength, SingleLength = 100 });

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void FileLengthThatCannotBe_IsRefused(long length)
    {
        Refused(TorrentProblem.BadFileLength, new TorrentInfoBuilder { SingleLength = length });
        Refused(TorrentProblem.BadFileLength, new TorrentInfoBuilder().AddFile("a", 1).AddFile("b", length).AddFile("c", long.MaxValue));
    }

    [Fact]
    public void MissingParts_AreRefused()
    {
        Refused(TorrentProblem.BadFileLength, new TorrentInfoBuilder());
        Refused(TorrentProblem.BadFileLength, new TorrentInfoBuilder().AddFile("a", null));
        Refused(TorrentProblem.NoContent, new TorrentInfoBuilder().AddFile("a", 0));
        Refused(TorrentProblem.MissingField, new TorrentInfoBuilder { SingleLength = 100 }.WithPieces([]));
        Refused(TorrentProblem.PieceCountMismatch, new TorrentInfoBuilder { SingleLength = 100 }.WithPieces(new byte[40]));
        Refused(TorrentProblem.PieceCountMismatch, new TorrentInfoBuilder { SingleLength = 100 }.WithPieces(new byte[19]));
        Refused(TorrentProblem.TooManyPieces, new TorrentInfoBuilder { PieceLength = 1024, SingleLength = 1L << 40 });
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../b")]
    [InlineData("a\0b")]
    public void NameThatPointsElsewhere_IsRefused(string name)
    {
        byte[][] path = [Encoding.UTF8.GetBytes("folder"), Encoding.UTF8.GetBytes(name)];
        Refused(TorrentProblem.UnsafePath, new TorrentInfoBuilder().AddFile(path, 5));
        Refused(TorrentProblem.UnsafePath, new TorrentInfoBuilder { Name = Encoding.UTF8.GetBytes(name), SingleLength = 5 });
    }

    [Theory]
    [InlineData("C:\\Windows\\x", "C__Windows_x")]
    [InlineData("name:stream", "name_stream")]
    [InlineData("nul.txt", "_nul.txt")]
    [InlineData("COM1", "_COM1")]
    [InlineData(".. ", "___")]
    [InlineData("end. .", "end___")]
    [InlineData("tab\there", "tab_here")]
    [InlineData(".hidden", ".hidden")]
    public void NameThatSomeDiskCannotHold_IsMapped(string name, string mapped) =>
        Assert.Equal(mapped, new TorrentInfoBuilder { Name = Encoding.UTF8.GetBytes(name), SingleLength = 5 }.Parse().Name);

    [Fact]
    public void InvalidUtf8_IsReplaced() =>
        Assert.Equal("a\ufffdb", new TorrentInfoBuilder { Name = [(byte)'a', 0xff, (byte)'b'], SingleLength = 5 }.Parse().Name);

    [Fact]
    public void LongName_KeepsItsExtensionAndFits()
    {
        var name = new TorrentInfoBuilder { Name = Encoding.UTF8.GetBytes(new string('ж', 300) + ".mkv"), SingleLength = 5 }.Parse().Name;

        Assert.EndsWith("ж.mkv", name, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 230, 240);
    }

    [Fact]
    public void NamesThatDifferByCaseOnly_AreKeptApart()
    {
        var info = new TorrentInfoBuilder().AddFile("Read.me", 1).AddFile("READ.ME", 1).AddFile("read.me", 1).Parse();

        Assert.Equal(["Read.me", "READ~2.ME", "read~3.me"], info.Files.Select(file => file.Path[1]));
    }

    [Fact]
    public void FileThatIsAlsoFolder_IsRefused()
    {
        Refused(TorrentProblem.PathConflict, new TorrentInfoBuilder().AddFile("a", 1).AddFile("A/b", 1));
        Refused(TorrentProblem.PathConflict, new TorrentInfoBuilder().AddFile("a/b", 1).AddFile("A", 1));
    }

    [Fact]
    public void SymbolicLink_IsRefused() =>
        Refused(TorrentProblem.SymbolicLink, new TorrentInfoBuilder().AddFile("a", 1).AddFile("link", 0, "l"));

    [Fact]
    public void TooManyFolders_AreRefused() =>
        Refused(TorrentProblem.UnsafePath, new TorrentInfoBuilder().AddFile(string.Join('/', Enumerable.Repeat("d", 65)), 1));

    [Fact]
    public void Garbage_IsRefused()
    {
        Assert.Throws<InvalidTorrentException>(() => TorrentInfo.Parse("l"u8.ToArray()));
        Assert.Throws<InvalidTorrentException>(() => TorrentInfo.Parse(new byte[TorrentLimits.MaxInfoBytes + 1]));
        Assert.Throws<InvalidTorrentException>(() => TorrentFile.Parse(Encoding.ASCII.GetBytes(new string('l', 60_000))));
        Assert.Throws<InvalidTorrentException>(() => TorrentFile.Parse("de"u8.ToArray()));
    }

    [Fact]
    public void MutatedDictionaries_NeverThrowAnythingElse()
    {
        var random = new Random(20261123);
        var original = new TorrentInfoBuilder().AddFile("a/b.txt", 20_000).AddFile("pad", 100, "p").AddFile("c", 0).Build();
        var accepted = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var mutated = (byte[])original.Clone();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                mutated[random.Next(mutated.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : "0123456789dlie:-"[random.Next(16)]);
            }
            try
            {
                var info = TorrentInfo.Parse(mutated.AsMemory(0, random.Next(4) == 0 ? random.Next(mutated.Length + 1) : mutated.Length));
                Assert.Equal(info.Length, info.Files.Sum(file => file.Length));
                accepted++;
            }
            catch (InvalidTorrentException)
            {
            }
        }
        Assert.InRange(accepted, 1, 99_999);
    }

    private static void Refused(TorrentProblem problem, TorrentInfoBuilder builder)
    {
        var exception = Assert.Throws<InvalidTorrentException>(builder.Parse);
        Assert.Equal(problem, exception.Problem);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
