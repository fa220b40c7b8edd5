using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Transport.Encryption;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Encryption;

public sealed class EncryptionHandshakeTests
{
    private const CryptoMethods Both = CryptoMethods.Plaintext | CryptoMethods.Rc4;

    [Fact]
    public void OurSides_AgreeHoweverTheirBytesAreCut() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[1, 200].Array[1, 12], Gen.Bool, Gen.Bool).Sample((first, cuts, offersClear, wantsClear) =>
        {
            var offered = offersClear ? Both : CryptoMethods.Rc4;
            CryptoMethods[] accepted = wantsClear ? [CryptoMethods.Plaintext, CryptoMethods.Rc4] : [CryptoMethods.Rc4];
            var dialling = new HandshakeDriver(new InitiatorHandshake(HandshakeForger.Honest, HandshakeForger.Torrent, offered, first));
            var dialled = new HandshakeDriver(new ResponderHandshake(new KeyExchange([7, 9]), () => [HandshakeForger.Torrent], accepted));
            for (var round = 0; round < 3; round++)
            {
                dialled.Give(dialling.TakeOutput(), cuts);
                dialling.Give(dialled.TakeOutput(), cuts);
            }

            Assert.Equal((EncryptionProgress.Complete, EncryptionProgress.Complete), (dialling.Progress, dialled.Progress));
            Assert.Equal(offersClear && wantsClear ? CryptoMethods.Plaintext : CryptoMethods.Rc4, dialling.Handshake.Selected);
            Assert.Equal(dialling.Handshake.Selected, dialled.Handshake.Selected);
            Assert.Equal(first, dialled.Handshake.InitialPayload.ToArray());
            var message = new byte[40];
            dialling.Handshake.Writing!.Apply(message);
            dialled.Handshake.Reading!.Apply(message);
            dialled.Handshake.Writing!.Apply(message);
            dialling.Handshake.Reading!.Apply(message);
            Assert.Equal(new byte[40], message);
        }, iter: 200);

    /// <summary>Methods offered, lengths of the paddings and of the first bytes, and whether that is a peer.</summary>
    [Theory]
    [InlineData(2u, 512, 512, 4096, EncryptionProgress.Complete)]
    [InlineData(3u, 0, 0, 0, EncryptionProgress.Complete)]
    [InlineData(0xffff_fffe, 0, 0, 0, EncryptionProgress.Complete)]
    [InlineData(1u, 0, 0, 0, EncryptionProgress.Refused)]
    [InlineData(0u, 0, 0, 0, EncryptionProgress.Refused)]
    [InlineData(2u, 513, 0, 0, EncryptionProgress.Refused)]
    [InlineData(2u, 0, 513, 0, EncryptionProgress.Refused)]
    [InlineData(2u, 0, 65535, 0, EncryptionProgress.Refused)]
    [InlineData(2u, 0, 0, 4097, EncryptionProgress.Refused)]
    [InlineData(2u, 0, 0, 65535, EncryptionProgress.Refused)]
    internal void Offer_IsTakenOrRefused(uint methods, int firstPadding, ushort padding, ushort payload, EncryptionProgress expected)
    {
        byte[] rest = [.. HandshakeForger.Fields(methods, padding), .. new byte[padding], (byte)(payload >> 8), (byte)payload, .. new byte[payload]];
        Assert.Equal(expected, Respond(CryptoMethods.Rc4).Give(HandshakeForger.Request(firstPadding, rest)));
    }

    [Theory]
    [InlineData(2u, 512, 512, EncryptionProgress.Complete)]
    [InlineData(1u, 0, 0, EncryptionProgress.Complete)]
    [InlineData(3u, 0, 0, EncryptionProgress.Refused)]
    [InlineData(0u, 0, 0, EncryptionProgress.Refused)]
    [InlineData(4u, 0, 0, EncryptionProgress.Refused)]
    [InlineData(0x8000_0002, 0, 0, EncryptionProgress.Refused)]
    [InlineData(2u, 513, 0, EncryptionProgress.Refused)]
    [InlineData(2u, 0, 513, EncryptionProgress.Refused)]
    [InlineData(2u, 0, 65535, EncryptionProgress.Refused)]
    internal void Choice_IsTakenOrRefused(uint methods, int firstPadding, ushort padding, EncryptionProgress expected)
    {
        byte[] rest = [.. HandshakeForger.Fields(methods, padding), .. new byte[padding]];
        Assert.Equal(expected, Initiate(Both).Give(HandshakeForger.Answer(firstPadding, rest)));
    }

    [Fact]
    public void ChoiceThatWasNotOffered_IsRefused() =>
        Assert.Equal(EncryptionProgress.Refused, Initiate(CryptoMethods.Rc4).Give(HandshakeForger.Answer(0, HandshakeForger.Fields(1, 0))));

    [Fact]
    public void UnknownTorrent_IsRefused() =>
        Assert.Equal(EncryptionProgress.Refused, Respond(Both).Give(HandshakeForger.Request(0, InfoHash.Compute("unknown"u8))));

    [Fact]
    public void WrongVerification_IsRefused()
    {
        var fields = HandshakeForger.Fields(2, 0);
        fields[7] = 1;
        Assert.Equal(EncryptionProgress.Refused, Respond(Both).Give(HandshakeForger.Request(0, fields)));
    }

    [Fact]
    public void PaddingWithoutEnd_IsRefusedAtOnce()
    {
        var key = new byte[KeyExchange.Length];
        new KeyExchange([2]).WritePublicKey(key);
        foreach (var (driver, limit) in ((HandshakeDriver, int)[])[
            (Respond(Both), EncryptionHandshake.MaxPadding + 20), (Initiate(Both), EncryptionHandshake.MaxPadding + 8)])
        {
            Assert.Equal(EncryptionProgress.WantsMore, driver.Give(key));
            Assert.Equal(EncryptionProgress.WantsMore, driver.Give(new byte[limit - 1]));
            Assert.Equal(EncryptionProgress.Refused, driver.Give([0]));
        }
    }

    [Fact]
    public void KeyThatHidesNothing_IsRefused()
    {
        Assert.Equal(EncryptionProgress.Refused, Respond(Both).Give(new byte[KeyExchange.Length]));
        Assert.Equal(EncryptionProgress.Refused, Initiate(Both).Give([.. new byte[KeyExchange.Length - 1], 1]));
    }

    [Fact]
    public void AnswerInClear_IsRefusedAtOnce()
    {
        var answer = Initiate(Both);
        Assert.Equal(EncryptionProgress.WantsMore, answer.Give("\u0013BitTorrent protoco"u8));
        Assert.Equal(EncryptionProgress.Refused, answer.Give("l"u8));
    }

    private static HandshakeDriver Respond(CryptoMethods accepted) =>
        new(new ResponderHandshake(
            HandshakeForger.Honest, () => [HandshakeForger.Torrent],
            Array.FindAll([CryptoMethods.Plaintext, CryptoMethods.Rc4], method => accepted.HasFlag(method))));

    private static HandshakeDriver Initiate(CryptoMethods offered) =>
        new(new InitiatorHandshake(HandshakeForger.Honest, HandshakeForger.Torrent, offered, []));
}
