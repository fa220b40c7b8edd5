using System.Text;
using System.Text.Json;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Channels;

public sealed class ChannelVectorTests
{
    [Theory]
    [InlineData(Secp256k1Backend.Portable)]
    [InlineData(Secp256k1Backend.Native)]
    public void EveryVector_IsReproducedByteForByte(Secp256k1Backend backend)
    {
        Assert.SkipUnless(backend == Secp256k1Backend.Portable || Secp256k1.Backend == backend, "libsecp256k1 is not installed.");
        var checkedVectors = 0;
        foreach (var vector in VectorFile.Channels.GetProperty("vectors").EnumerateArray())
        {
            var document = TypedDataDocument.Parse(Encoding.UTF8.GetBytes(vector.GetRawText()));
            Assert.Equal(vector.Text("typeString"), TypeString(document.PrimaryType));
            Assert.Equal(vector.Text("domainSeparator"), document.Domain.Separator.ToString());
            Assert.Equal(vector.Text("structHash"), document.StructHash.ToString());
            Assert.Equal(vector.Text("digest"), document.Digest.ToString());

            using var key = Secp256k1Key.FromBytes(Convert.FromHexString(vector.Text("privateKey")));
            Assert.Equal(vector.Text("signer"), key.Address.ToString());
            Assert.Equal(vector.Text("signature"), key.Sign(backend, document.Digest).ToString());
            Assert.Equal(SignatureVerdict.Valid, Secp256k1.Recover(backend, document.Digest, document.Signature.Span, out var signer));
            Assert.Equal(key.Address, signer);
            checkedVectors++;
        }

        Assert.Equal(132, checkedVectors);
    }

    [Fact]
    public void VectorSignedForOneChain_NeverNamesItsSignerOnAnother()
    {
        var vouchers = VectorFile.Channels.GetProperty("vectors").EnumerateArray()
            .Where(vector => vector.Text("primaryType") == "Voucher" && vector.Text("chain") == "nile").ToArray();
        Assert.NotEmpty(vouchers);
        foreach (var vector in vouchers)
        {
            var mainnet = TypedDataDocument.Parse(Encoding.UTF8.GetBytes(
                vector.GetRawText().Replace("3448148188", "728126428", StringComparison.Ordinal)));
            mainnet.Recover(out var signer);
            Assert.NotEqual(vector.Text("signer"), signer.ToString());
        }
    }

    // No outside vector exists for this structure; the digest was computed with a second implementation (Python).
    [Fact]
    public void SessionRequest_HasTheDigestOfASecondImplementation()
    {
        var request = new SessionRequest(
            new ChannelId(Samples.Repeat(0xA1)), 7, Samples.Repeat(0xB2), new(250_000), 1_795_400_000, Samples.Repeat(0xC3));
        Assert.Equal("0xee9ab048cf6c57501f414cd6129376e503998c2155ee999b2ae2f318285add2c", request.Digest(Samples.Domain).ToString());
    }

    [Theory]
    [InlineData("""{"primaryType":"Nothing"}""", "domain")]
    [InlineData("[]", "domain")]
    [InlineData("{", "JSON")]
    [InlineData("""{"primaryType":"Voucher","domain":{"name":"Other","version":"1"},"value":{}}""", "BttChannels")]
    [InlineData("""{"primaryType":"\ud800","domain":{"name":"BttChannels","version":"1","chainId":1,"verifyingContract":"TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4"},"value":{}}""", "Unicode")]
    public void DamagedDocument_IsRefusedWithALineThatNamesTheField(string json, string part)
    {
        var error = Assert.Throws<FormatException>(() => TypedDataDocument.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("epoch", "18446744073709551616")]
    [InlineData("epoch", "-1")]
    [InlineData("cumulativeAmount", "340282366920938463463374607431768211456")]
    [InlineData("cumulativeAmount", "1e3")]
    [InlineData("cumulativeAmount", "1.0")]
    public void NumberOutOfRange_IsRefused(string field, string number)
    {
        var vector = VectorFile.Channels.GetProperty("vectors").EnumerateArray().First(item => item.Text("primaryType") == "Voucher");
        var fields = vector.EnumerateObject().ToDictionary(property => property.Name, property => (object)property.Value);
        var value = vector.GetProperty("value").EnumerateObject().ToDictionary(property => property.Name, property => (object)property.Value);
        value[field] = number;
        fields["value"] = value;
        var error = Assert.Throws<FormatException>(() => TypedDataDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(fields)));
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DelayOrDeadlineAboveUInt40_CannotBeMade()
    {
        const ulong TooLarge = 1UL << 40;
        Assert.Throws<ArgumentOutOfRangeException>(() => new OpenChannel(Samples.ChannelId, default, 0, TooLarge));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CooperativeClose(Samples.ChannelId, 0, default, TooLarge));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChannelTerms(
            Samples.Payer.Address, Samples.Session.Address, Samples.Payee, Samples.Authorizer.Address, Samples.Token, TooLarge, default));
    }

    private static string TypeString(string primaryType) => primaryType switch
    {
        "Channel" => ChannelTerms.TypeString,
        "OpenChannel" => OpenChannel.TypeString,
        "Voucher" => Voucher.TypeString,
        "CooperativeClose" => CooperativeClose.TypeString,
        _ => SessionRequest.TypeString,
    };
}
