using BttProxy.BitTorrent.Transport.Encryption;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Encryption;

public sealed class Rc4Tests
{
    [Theory]
    [InlineData("0102030405", "30abbcc7c20b01609f23ee2d5f6bb7df")]
    [InlineData("0102030405060708090a0b0c0d0e0f10", "bdf0324e6083dcc6d3cedd3ca8c53c16")]
    public void Keystream_BeginsAtByte1024OfRfc6229(string key, string expected)
    {
        var bytes = new byte[16];
        new Rc4(Convert.FromHexString(key)).Apply(bytes);
        Assert.Equal(expected, Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void Bytes_AreTheSameHoweverTheyAreCut() =>
        Gen.Select(Gen.Byte.Array[1, 40], Gen.Byte.Array[0, 3000], Gen.Int[1, 100].Array[1, 20]).Sample((key, clear, cuts) =>
        {
            var whole = new byte[clear.Length];
            new Rc4(key).Apply(clear, whole);
            var pieces = (byte[])clear.Clone();
            var cipher = new Rc4(key);
            for (int at = 0, i = 0; at < pieces.Length; i++)
            {
                var count = Math.Min(cuts[i % cuts.Length], pieces.Length - at);
                cipher.Apply(pieces.AsSpan(at, count));
                at += count;
            }
            Assert.Equal(whole, pieces);
            var back = new Rc4(key);
            back.Skip(clear.Length / 2);
            back.Apply(whole.AsSpan(clear.Length / 2));
            Assert.True(clear.AsSpan(clear.Length / 2).SequenceEqual(whole.AsSpan(clear.Length / 2)));
        });
}
