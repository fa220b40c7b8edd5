using System.Globalization;
using System.Numerics;
using BttProxy.BitTorrent.Transport.Encryption;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Encryption;

public sealed class KeyExchangeTests
{
    private static readonly BigInteger Prime = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
        + "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563",
        NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [Theory]
    [MemberData(nameof(EncryptionVector.Numbers), MemberType = typeof(EncryptionVector))]
    public void BothSides_AgreeOnTheSecretOfTheVector(int number)
    {
        var vector = EncryptionVector.Get(number);
        foreach (var (own, other) in ((string, string)[])[("A", "B"), ("B", "A")])
        {
            var exchange = new KeyExchange(vector[$"exponent{own}"]);
            var key = new byte[KeyExchange.Length];
            exchange.WritePublicKey(key);
            Assert.Equal(vector[$"key{own}"], key);
            Assert.True(exchange.TryAgree(vector[$"key{other}"], key));
            Assert.Equal(vector["secret"], key);
        }
    }

    [Fact]
    public void SmallSecrets_AreWrittenWithTheirZeros()
    {
        var secret = new byte[KeyExchange.Length];
        new KeyExchange([3]).WritePublicKey(secret);
        Assert.Equal([.. new byte[KeyExchange.Length - 1], 8], secret);
        Assert.True(new KeyExchange([2]).TryAgree(secret, secret));
        Assert.Equal([.. new byte[KeyExchange.Length - 1], 64], secret);
    }

    [Fact]
    public void KeysThatHideNothing_AreRefused()
    {
        var highest = (BigInteger.One << 768) - 1;
        foreach (var number in (BigInteger[])[0, 1, Prime - 1, Prime, Prime + 1, highest])
        {
            var key = new byte[KeyExchange.Length];
            number.TryWriteBytes(key.AsSpan(KeyExchange.Length - number.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
            Assert.False(KeyExchange.Create().TryAgree(key, new byte[KeyExchange.Length]), number.ToString(CultureInfo.InvariantCulture));
        }
        Assert.NotEqual(Key(), Key());

        static byte[] Key()
        {
            var key = new byte[KeyExchange.Length];
            KeyExchange.Create().WritePublicKey(key);
            return key;
        }
    }
}
