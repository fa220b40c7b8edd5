using BttProxy.BitTorrent.Metainfo;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Metainfo;

public sealed class MagnetLinkTests
{
    private const string Hex = "c9e15763f722f23e98a29decdfae341b98d53056";

    [Theory]
    [InlineData($"magnet:?xt=urn:btih:{Hex}&dn=Some+name%21", "Some name!")]
    [InlineData($"magnet:?dn=a&xt=urn:btih:{Hex}&tr=http%3A%2F%2Fx&ws=http%3A%2F%2F10.0.0.1", "a")]
    [InlineData($"MAGNET:?xt.1=URN:BTIH:{Hex}", null)]
    [InlineData($"magnet:?xt=urn:btmh:1220caf1&xt=urn:btih:{Hex}", null)]
    [InlineData("magnet:?xt=urn:btih:ZHQVOY7XELZD5GFCTXWN7LRUDOMNKMCW", null)]
    public void Link_IsRead(string text, string? name)
    {
        var link = MagnetLink.Parse(text);

        Assert.Equal(Hex, link.InfoHash.ToString());
        Assert.Equal(name, link.Name);
        Assert.Equal(link, MagnetLink.Parse(link.ToString()));
    }

    [Theory]
    [InlineData("magnet:?xt=urn:btmh:1220caf1", TorrentProblem.Version2Only)]
    [InlineData("magnet:?xt=urn:btih:c9e1", TorrentProblem.BadMagnetLink)]
    [InlineData("magnet:?xt", TorrentProblem.BadMagnetLink)]
    [InlineData("magnet:", TorrentProblem.BadMagnetLink)]
    [InlineData("http://example.org", TorrentProblem.BadMagnetLink)]
    [InlineData("", TorrentProblem.BadMagnetLink)]
    public void OtherText_IsRefused(string text, TorrentProblem problem)
    {
        Assert.Equal(problem, Assert.Throws<InvalidTorrentException>(() => MagnetLink.Parse(text)).Problem);
        Assert.False(MagnetLink.TryParse(text, out _));
    }

    [Fact]
    public void HugeText_IsRefused() =>
        Assert.False(MagnetLink.TryParse($"magnet:?xt=urn:btih:{Hex}&dn={new string('x', 100_000)}", out _));
}
