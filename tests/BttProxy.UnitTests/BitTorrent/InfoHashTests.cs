using System.Text;
using BttProxy.BitTorrent;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent;

public sealed class InfoHashTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef01234567";

    [Theory]
    [InlineData(Hex)]
    [InlineData("0123456789ABCDEF0123456789ABCDEF01234567")]
    [InlineData("aerukz4jvpg66ajdivtytk6n54asgrlh")]
    [InlineData("AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH")]
    public void AnyAcceptedForm_ReadsTheSameHash(string text) => Assert.Equal(Hex, InfoHash.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcdef0123456")]
    [InlineData("0123456789abcdef0123456789abcdef012345678")]
    [InlineData("0123456789abcdef0123456789abcdef0123456g")]
    [InlineData("aerukz4jvpg66ajdivtytk6n54asgrl1")]
    public void WrongText_IsRefused(string text)
    {
        Assert.False(InfoHash.TryParse(text, out _));
        Assert.Throws<FormatException>(() => InfoHash.Parse(text));
    }

    [Fact]
    public void Compute_IsSha1() =>
        Assert.Equal("a9993e364706816aba3e25717850c26c9cd0d89d", InfoHash.Compute(Encoding.ASCII.GetBytes("abc")).ToString());

    [Fact]
    public void EqualBytes_AreEqual()
    {
        Assert.True(InfoHash.Parse(Hex) == new InfoHash(Convert.FromHexString(Hex)));
        Assert.Equal(InfoHash.Parse(Hex).GetHashCode(), InfoHash.Parse(Hex).GetHashCode());
        Assert.True(InfoHash.Parse(Hex) != default);
    }
}
