using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Transport.Encryption;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Encryption;

/// <summary>Either side against the bytes of an independent implementation, cut anyhow.</summary>
public sealed class EncryptionVectorTests
{
    private static readonly Gen<int[]> Cuts = Gen.Int[1, 300].Array[1, 12];

    [Theory]
    [MemberData(nameof(EncryptionVector.Numbers), MemberType = typeof(EncryptionVector))]
    public void TheirInitiator_IsUnderstoodAndAnswered(int number)
    {
        var vector = EncryptionVector.Get(number);
        var infoHash = new InfoHash(vector["infoHash"]);
        Cuts.Sample(cuts =>
        {
            var driver = new HandshakeDriver(new ResponderHandshake(
                new KeyExchange(vector["exponentB"]), () => [InfoHash.Compute("other"u8), infoHash], (CryptoMethods)vector.Number("select")));
            Assert.Equal(EncryptionProgress.Complete, driver.Give([.. vector["fromA"], .. vector["afterA"]], cuts));

            Assert.Equal(vector["payload"], driver.Handshake.InitialPayload.ToArray());
            Assert.Equal("what A says then"u8, driver.ReadOn());
            var sent = driver.TakeOutput();
            Assert.Equal(vector["keyB"], sent[..KeyExchange.Length]);
            Assert.InRange(sent.AsSpan().IndexOf(vector["choiceB"]), KeyExchange.Length, KeyExchange.Length + EncryptionHandshake.MaxPadding);
        }, iter: 10);
    }

    [Theory]
    [MemberData(nameof(EncryptionVector.Numbers), MemberType = typeof(EncryptionVector))]
    public void TheirResponder_UnderstandsAndIsUnderstood(int number)
    {
        var vector = EncryptionVector.Get(number);
        Cuts.Sample(cuts =>
        {
            var driver = new HandshakeDriver(new InitiatorHandshake(
                new KeyExchange(vector["exponentA"]), new InfoHash(vector["infoHash"]), (CryptoMethods)vector.Number("provide"), vector["payload"]));
            Assert.Equal(EncryptionProgress.Complete, driver.Give([.. vector["fromB"], .. vector["afterB"]], cuts));

            Assert.Equal((CryptoMethods)vector.Number("select"), driver.Handshake.Selected);
            Assert.Equal("what B says then"u8, driver.ReadOn());
            var sent = driver.TakeOutput();
            Assert.Equal(vector["keyA"], sent[..KeyExchange.Length]);
            Assert.InRange(sent.AsSpan().IndexOf(vector["requestA"]), KeyExchange.Length, KeyExchange.Length + EncryptionHandshake.MaxPadding);
        }, iter: 10);
    }
}
