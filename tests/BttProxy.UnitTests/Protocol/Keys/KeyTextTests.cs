using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Keys;

public sealed class KeyTextTests
{
    [Fact]
    public void Bytes_RoundTripThroughText()
    {
        Gen.Byte.Array[32].Sample(bytes =>
        {
            var value = new Bytes32(bytes);
            Assert.Equal(value, Bytes32.Parse(value.ToString()));
            Assert.Equal(value, Bytes32.Parse(value.ToString()[2..].ToUpperInvariant()));
            Assert.Equal(new RelayId(value), RelayId.Parse(new RelayId(value).ToString()));
            Assert.Equal(new ChannelId(value), ChannelId.Parse(new ChannelId(value).ToString()));
            var address = new TronAddress(bytes.AsSpan(0, 20));
            Assert.Equal(address, TronAddress.Parse(address.ToString()));
            Assert.Equal(34, address.ToString().Length);
            Assert.StartsWith("T", address.ToString(), StringComparison.Ordinal);
            var token = new BearerToken(value);
            Assert.True(BearerToken.TryParseHeader(token.ToHeader(), out var parsed) && parsed == token);
        });
    }

    [Fact]
    public void ArbitraryText_IsRefusedWithoutThrowing()
    {
        Gen.String.Sample(text =>
        {
            Assert.False(
                TronAddress.TryParse(text, out _) | RelayId.TryParse(text, out _) | Bytes32.TryParse(text, out _)
                | RecoverableSignature.TryParse(text, out _) | BearerToken.TryParseHeader(text, out _));
        });
    }

    [Fact]
    public void AddressWithOneCharacterChanged_IsRefused()
    {
        const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        var text = Samples.Token.ToString();
        for (var index = 0; index < text.Length; index++)
        {
            foreach (var character in Alphabet.Where(character => character != text[index]))
            {
                var changed = text.ToCharArray();
                changed[index] = character;
                Assert.False(TronAddress.TryParse(changed, out _));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4")]
    [InlineData(" TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4")]
    [InlineData("41032017411f4663b317fe77c257d28d5cd1b26e3d")]
    [InlineData("1BoatSLRHtKNngkdXEeobR76b53LETtpyT")]
    [InlineData("TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4")]
    public void OtherTextThanAnAddress_IsRefused(string text) => Assert.False(TronAddress.TryParse(text, out _));

    [Fact]
    public void RelayId_HasOneTextOnly()
    {
        var text = Samples.Identity.Id.ToString();
        Assert.Equal(52, text.Length);
        Assert.False(RelayId.TryParse(text.ToUpperInvariant(), out _));
        Assert.False(RelayId.TryParse(text.AsSpan(0, 51), out _));

        // 52 characters hold 260 bits; the four bits that are left over must be zero.
        var texts = "ybndrfg8ejkmcpqxot1uwisza345h769".Count(last => RelayId.TryParse($"{text.AsSpan(0, 51)}{last}", out _));
        Assert.Equal(2, texts);
    }

    [Fact]
    public void ZBase32_MatchesThePublishedExample()
    {
        // Examples of the human-oriented base-32 description: f0 bf c7 -> "6n9hq", d4 7a 04 -> "4t7ye".
        Assert.Equal("6n9hq", ZBase32.Encode([0xF0, 0xBF, 0xC7]));
        Assert.Equal("4t7ye", ZBase32.Encode([0xD4, 0x7A, 0x04]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void PrivateKeyOfWrongLength_IsRefused(int length) =>
        Assert.Throws<ArgumentException>(() => Secp256k1Key.FromBytes(new byte[length]));

    [Fact]
    public void PrivateKeyZeroOrAtTheOrder_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Secp256k1Key.FromBytes(new byte[32]));
        Assert.Throws<ArgumentException>(() => Secp256k1Key.FromBytes(Secp256k1.Order));
    }

    [Fact]
    public void SecretsInText_ShowNothingSecret()
    {
        using var key = Secp256k1Key.Generate();
        Assert.Equal(key.Address.ToString(), key.ToString());
        Assert.DoesNotContain(BearerToken.Generate().ToString(), BearerToken.Generate().ToHeader(), StringComparison.Ordinal);
        Assert.Equal(Samples.Identity.Id.ToString(), Samples.Identity.ToString());
    }

    [Fact]
    public void DisposedKey_DoesNotSign()
    {
        var key = Secp256k1Key.Generate();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign(default));
    }

    [Fact]
    public void Ed25519_MatchesRfc8032()
    {
        // RFC 8032, section 7.1, test 2.
        using var identity = RelayIdentity.FromSeed(Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
        Assert.Equal("0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", identity.Id.Value.ToString());
        var signature = identity.Sign([0x72]);
        Assert.Equal(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            Convert.ToHexStringLower(signature));
        Assert.True(RelayIdentity.Verify(identity.Id, [0x72], signature));
        Assert.False(RelayIdentity.Verify(identity.Id, [0x73], signature));
        Assert.False(RelayIdentity.Verify(identity.Id, [0x72], signature.AsSpan(1)));
        Assert.Equal(32, identity.ExportSeed().Length);
    }
}
