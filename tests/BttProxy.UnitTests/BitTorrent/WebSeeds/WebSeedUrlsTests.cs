using BttProxy.BitTorrent.WebSeeds;
using BttProxy.UnitTests.BitTorrent.Metainfo;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.WebSeeds;

public sealed class WebSeedUrlsTests
{
    [Theory]
    [InlineData("http://a.example/folder/any.bin", "http://a.example/folder/any.bin")]
    [InlineData("http://a.example/get?file=1", "http://a.example/get?file=1")]
    [InlineData("http://a.example/folder/", "http://a.example/folder/some%20n%C3%A4me%3F.bin")]
    [InlineData("http://a.example", "http://a.example/some%20n%C3%A4me%3F.bin")]
    public void OneFile_IsTheUrlItself_OrBelowIt(string seed, string expected)
    {
        var info = new TorrentInfoBuilder { Name = "some näme?.bin"u8.ToArray(), SingleLength = 100 }.Parse();
        Assert.Equal(expected, new WebSeedUrls(info).Locate(new Uri(seed), info.Files[0]).AbsoluteUri);
    }

    [Theory]
    [InlineData("http://a.example/folder/")]
    [InlineData("http://a.example/folder")]
    public void SeveralFiles_KeepTheNamesOfTheTorrent(string seed)
    {
        var info = new TorrentInfoBuilder { Name = "a:b"u8.ToArray() }
            .AddFile("CON/x.", 100).AddFile("empty", 0).AddFile(".pad/16284", 16_284, "p").AddFile("#1 100%&é/..y", 5).Parse();
        var urls = new WebSeedUrls(info);
        Assert.Equal(
            ["http://a.example/folder/a%3Ab/CON/x.", "http://a.example/folder/a%3Ab/%231%20100%25%26%C3%A9/..y"],
            info.Files.Where(file => !file.IsPadding && file.Length > 0).Select(file => urls.Locate(new Uri(seed), file).AbsoluteUri));
    }

    [Fact]
    public void NameThatIsNoText_IsSentAsItIs()
    {
        var info = new TorrentInfoBuilder { Name = "n"u8.ToArray() }.AddFile([[0xff, 0x41]], 100).Parse();
        Assert.Equal("http://a.example/n/%FFA?k=v", new WebSeedUrls(info).Locate(new Uri("http://a.example/?k=v"), info.Files[0]).AbsoluteUri);
    }
}
