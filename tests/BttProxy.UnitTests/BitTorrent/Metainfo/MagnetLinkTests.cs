using BttProxy.BitTorrent.Metainfo;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Metainfo;

public sealed class MagnetLinkTests
{
    private const string Hex = "c9e15763f722f23e98a29decdfae341b98d53056";
    private const string Hex2 = "caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302e";

    [Theory]
    [InlineData($"magnet:?xt=urn:btih:{Hex}&dn=Some+name%21", "Some name!")]
    [InlineData($"magnet:?dn=a&xt=urn:btih:{Hex}&tr=http%3A%2F%2Fx&ws=http%3A%2F%2F10.0.0.1", "a")]
    [InlineData($"MAGNET:?xt.1=URN:BTIH:{Hex}", null)]
    [InlineData($"magnet:?xt=urn:btmh:1220caf1&xt=urn:btih:{Hex}", null)]
    [InlineData($"magnet:?xt=urn:btmh:1220{Hex2}&xt=urn:btih:{Hex}", null)]
    [InlineData("magnet:?xt=urn:btih:ZHQVOY7XELZD5GFCTXWN7LRUDOMNKMCW", null)]
    public void Link_IsRead(string text, string? name)
    {
        var link = MagnetLink.Parse(text);

        Assert.Equal(Hex, link.InfoHash.ToString());
        Assert.Equal(name, link.Name);
        Assert.Equal(link.ToString(), MagnetLink.Parse(link.ToString()).ToString());
    }

    [Fact]
    public void TrackersPeersAndWebSeeds_AreReadWithinBounds()
    {
        var link = MagnetLink.Parse(
            $"magnet:?xt=urn:btih:{Hex}&tr=udp%3A%2F%2Ft.example%3A6969&tr.1=http%3A%2F%2Fu.example%2Fa&x.pe=192.0.2.1:6881&x.pe=[2001:db8::1]:1&x.pe=name:6881&x.pe=192.0.2.2&ws=http%3A%2F%2Fw.example%2Ff%20g");
        var flood = MagnetLink.Parse($"magnet:?xt=urn:btih:{Hex}" + string.Concat(Enumerable.Repeat("&tr=http://t&x.pe=192.0.2.1:1&ws=h:", 200)));

        Assert.Equal(["udp://t.example:6969", "http://u.example/a"], link.Trackers);
        Assert.Equal(["192.0.2.1:6881", "[2001:db8::1]:1"], link.Peers.Select(peer => peer.ToString()));
        Assert.Equal(link.ToString(), MagnetLink.Parse(link.ToString()).ToString());
        Assert.Equal(["http://w.example/f g"], link.WebSeeds);
        Assert.Equal((64, 64, 64), (flood.Trackers.Count, flood.Peers.Count, flood.WebSeeds.Count));
    }

    [Fact]
    public void Version2Link_GoesByTheFirstBytesOfItsHash()
    {
        var link = MagnetLink.Parse($"magnet:?xt=urn:btmh:1220{Hex2.ToUpperInvariant()}&dn=n");

        Assert.Null(link.InfoHashV1);
        Assert.Equal(Hex2, link.InfoHashV2.ToString());
        Assert.Equal(Hex2[..40], link.InfoHash.ToString());
        Assert.Equal($"magnet:?xt=urn:btmh:1220{Hex2}&dn=n", link.ToString());
    }

    [Theory]
    [InlineData("magnet:?xt=urn:btmh:1220caf1")]
    [InlineData($"magnet:?xt=urn:btmh:1114{Hex2}")]
    [InlineData("magnet:?xt=urn:btih:c9e1")]
    [InlineData("magnet:?xt")]
    [InlineData("magnet:")]
    [InlineData("http://example.org")]
    [InlineData("")]
    public void OtherText_IsRefused(string text)
    {
        Assert.Equal(TorrentProblem.BadMagnetLink, Assert.Throws<InvalidTorrentException>(() => MagnetLink.Parse(text)).Problem);
        Assert.False(MagnetLink.TryParse(text, out _));
    }

    [Fact]
    public void HugeText_IsRefused() =>
        Assert.False(MagnetLink.TryParse($"magnet:?xt=urn:btih:{Hex}&dn={new string('x', 100_000)}", out _));

    [Fact]
    public void PlusSignInAName_SurvivesBothWays()
    {
        var link = MagnetLink.Parse("magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=A+name%20%2B%20more");
        Assert.Equal("A name + more", link.Name);
        Assert.Equal(link, MagnetLink.Parse(link.ToString()));
    }
}
