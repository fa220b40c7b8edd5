using System.Text;
using BttProxy.Protocol.Keys;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Keys;

public sealed class TronVectorTests
{
    [Fact]
    public void EveryKey_HasItsAddress()
    {
        foreach (var vector in VectorFile.Tron.GetProperty("keys").EnumerateArray())
        {
            using var key = Secp256k1Key.FromBytes(Convert.FromHexString(vector.Text("privateKey")));
            Assert.Equal(vector.Text("addressBase58"), key.Address.ToString());
            Assert.Equal(vector.Text("addressHex"), "41" + Convert.ToHexStringLower(key.Address.Span));
            var publicKey = new byte[64];
            PortableSecp256k1.PublicKey(Convert.FromHexString(vector.Text("privateKey")), publicKey);
            Assert.Equal(vector.Text("publicKeyUncompressed"), "04" + Convert.ToHexStringLower(publicKey));
        }
    }

    [Fact]
    public void EveryAddress_ParsesOrIsRefusedAsMarked()
    {
        foreach (var vector in VectorFile.Tron.GetProperty("addresses").EnumerateArray())
        {
            var valid = vector.TryGetProperty("hex", out var hex);
            Assert.Equal(valid, TronAddress.TryParse(vector.Text("base58"), out var address));
            if (valid)
            {
                Assert.Equal(hex.GetString(), "41" + Convert.ToHexStringLower(address.Span));
                Assert.Equal(vector.Text("base58"), address.ToString());
            }
        }
    }

    [Fact]
    public void EveryKeccakInput_HasItsHash()
    {
        foreach (var vector in VectorFile.Tron.GetProperty("keccak").EnumerateArray())
        {
            Assert.Equal(vector.Text("keccak256"), Keccak256.Hash(Encoding.UTF8.GetBytes(vector.Text("utf8"))).ToString());
        }
    }

    [Theory]
    [InlineData("typedData", "digest")]
    [InlineData("messages", "hash")]
    public void EveryDigest_IsSignedAndRecoveredAsGiven(string set, string digestName)
    {
        foreach (var vector in VectorFile.Tron.GetProperty(set).EnumerateArray())
        {
            using var key = Secp256k1Key.FromBytes(Convert.FromHexString(vector.Text("privateKey")));
            var digest = Bytes32.Parse(vector.Text(digestName));
            var signature = RecoverableSignature.Parse(vector.Text("signature"));
            foreach (var backend in Backends.Available)
            {
                Assert.Equal(signature, key.Sign(backend, digest));
                Assert.Equal(SignatureVerdict.Valid, Secp256k1.Recover(backend, digest, signature.Span, out var signer));
                Assert.Equal(vector.Text("signerBase58"), signer.ToString());
            }
        }
    }
}
