using BttProxy.BitTorrent.Dht;
using NSec.Cryptography;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class DhtMutableItemTests
{
    // Test vectors of BEP 44.
    private const string PublicKey = "77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548";
    private const string Signature =
        "305ac8aeb6c9c151fa120f120ea2cfb923564e11552d06a5d856091e5e853cff1260d3f39e4999684aa92eb73ffd136e6f4f3ecbfda0ce53a1608ecd7ae21f01";
    private const string SaltedSignature =
        "6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17ddf9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08";

    [Theory]
    [InlineData("", Signature, "4a533d47ec9c7d95b1ad75f576cffc641853b750")]
    [InlineData("foobar", SaltedSignature, "411eba73b6f087ca51a3795d9c8c938d365e32c1")]
    public void PublishedVector_Verifies(string salt, string signature, string target)
    {
        var item = Build(salt, 1, "12:Hello World!", signature);
        Assert.True(item.Verify());
        Assert.Equal("Hello World!"u8.ToArray(), item.Value.ToArray());
        Assert.Equal(target, item.Target.ToString());
    }

    [Theory]
    [InlineData("", 2, "12:Hello World!", Signature)]
    [InlineData("x", 1, "12:Hello World!", Signature)]
    [InlineData("", 1, "12:Hello World?", Signature)]
    [InlineData("", 1, "12:Hello World!", SaltedSignature)]
    [InlineData("", 1, "12:Hello World!", "00")]
    public void AnythingChanged_DoesNotVerify(string salt, long seq, string value, string signature) =>
        Assert.False(Build(salt, seq, value, signature).Verify());

    [Fact]
    public void KeyThatIsNoPoint_DoesNotVerify()
    {
        var vector = Build("", 1, "12:Hello World!", Signature);
        foreach (var fill in new byte[] { 0, 0xff })
        {
            var key = Enumerable.Repeat(fill, 32).ToArray();
            Assert.False(new DhtMutableItem(key, vector.Salt, 1, vector.BencodedValue, vector.Signature).Verify());
        }
    }

    [Fact]
    public void OwnItem_VerifiesAtTheLimits()
    {
        using var key = Key.Create(SignatureAlgorithm.Ed25519);
        Assert.True(DhtMutableItem.Sign(key, new byte[64], long.MaxValue, new byte[996]).Verify());
        Assert.Throws<ArgumentOutOfRangeException>(() => DhtMutableItem.Sign(key, new byte[65], 1, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => DhtMutableItem.Sign(key, new byte[1], 1, new byte[997]));
    }

    private static DhtMutableItem Build(string salt, long seq, string value, string signature) => new(
        Convert.FromHexString(PublicKey),
        System.Text.Encoding.ASCII.GetBytes(salt),
        seq,
        System.Text.Encoding.ASCII.GetBytes(value),
        Convert.FromHexString(signature));
}
