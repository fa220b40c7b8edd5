using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Messages;

/// <summary>The bytes of every message, frozen: a change here is a change of the protocol.</summary>
public sealed class MessageGoldenTests
{
    private static readonly SignedVoucher LastVoucher = Samples.Voucher(1_000_000, epoch: 3);

    [Fact]
    public void OpenSession_HasFrozenBytes()
    {
        var open = new OpenChannel(Samples.ChannelId, TokenAmount.FromBtt(100), 3, 1_795_403_600);
        var request = new SessionRequest(
            Samples.ChannelId, 3, Samples.Repeat(0xB2), new PricePerMegabyte(250_000), 1_795_400_000, Samples.Repeat(0xC3));
        Frozen(
            new OpenSession(
                ProtocolConstants.Version, Samples.Terms, OpenAuthorization.Create(open, Samples.Domain, Samples.Payer),
                SessionProof.Create(request, Samples.Domain, Samples.Session), new PricePerMegabyte(250_000), LastVoucher),
            "960197c4141a642f0e3c3af545e7acbd38b07251b3990914f1c4145050a4f4b3f9338c3472dcc01a87c76a144b3c9cc414c48b812bb434"
            + "01392c037381aca934f4069c0517c4143325a78425f17a7e487eb5666b2bfd93abb06c70c414032017411f4663b317fe77c257d28d5cd1"
            + "b26e3dce00015180c420555555555555555555555555555555555555555555555555555555555555555594c41000000000000000056bc7"
            + "5e2d6310000003ce6b03af50c441b052ba5e87f9dcf1616ccf90635f2c248039d0855925fde1979785a17aed66fb770ca33c80da0826f8"
            + "086d0da06833dd12c85c1bb3301e64ee9e4a511f0c5d921b9603c420b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"
            + "b2b2b2b2b2c4100000000000000000000000000003d090ce6b03a140c420c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3"
            + "c3c3c3c3c3c3c3c441a9b8141e1e171354f5595847f637c07fef316cfcccd336d97b5a857fecbad6cc3ae9219667a010ec7e88e848631d"
            + "d70033a670b607913c4d9550bbb28f103ba51cc4100000000000000000000000000003d09094c420eb28a75053efff7140a43d9bc983e0"
            + "82919623d566f1bc639d62655ca59593fb03c410000000000000000000000000000f4240c4416da19e46ef8713129e6ca69012e6d45e08"
            + "0ca4569bd3b760614915297dba9d930bd4b43294e150b4a48453945095d56c3add81a2fee44f3c2be412f809f6fe541b");
    }

    [Fact]
    public void OpenSessionWithoutOptionalParts_HasFrozenBytes()
    {
        var request = new SessionRequest(Samples.ChannelId, 0, default, default, 0, default);
        Frozen(
            new OpenSession(
                ProtocolConstants.Version, Samples.Terms, null, SessionProof.Create(request, Samples.Domain, Samples.Session), default, null),
            "960197c4141a642f0e3c3af545e7acbd38b07251b3990914f1c4145050a4f4b3f9338c3472dcc01a87c76a144b3c9cc414c48b812bb434"
            + "01392c037381aca934f4069c0517c4143325a78425f17a7e487eb5666b2bfd93abb06c70c414032017411f4663b317fe77c257d28d5cd1"
            + "b26e3dce00015180c4205555555555555555555555555555555555555555555555555555555555555555c09600c4200000000000000000"
            + "000000000000000000000000000000000000000000000000c4100000000000000000000000000000000000c42000000000000000000000"
            + "00000000000000000000000000000000000000000000c441366dc52e61d7619de9d485ee2329a169fb6d7645c8eb394a78fb52fa424451"
            + "7f52a028bbe06c3bff75c1946517ee182921eff715fe35f60dfcb6926f1b0113e41bc41000000000000000000000000000000000c0");
    }

    [Fact]
    public void SessionOpened_HasFrozenBytes() =>
        Frozen(
            new SessionOpened(
                Samples.SessionId, new BearerToken(Samples.Repeat(0xD4)), new PricePerMegabyte(250_000), new ByteCount(262_144),
                new ByteCount(16_777_216), new TokenAmount(1_000_000), new TokenAmount(65_536), LastVoucher),
            "98c410000102030405060708090a0b0c0d0e0fc420d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4c410"
            + "0000000000000000000000000003d090ce00040000ce01000000c410000000000000000000000000000f4240c410000000000000000000"
            + "0000000001000094c420eb28a75053efff7140a43d9bc983e082919623d566f1bc639d62655ca59593fb03c41000000000000000000000"
            + "0000000f4240c4416da19e46ef8713129e6ca69012e6d45e080ca4569bd3b760614915297dba9d930bd4b43294e150b4a48453945095d5"
            + "6c3add81a2fee44f3c2be412f809f6fe541b");

    [Fact]
    public void PayVoucher_HasFrozenBytes() =>
        Frozen(
            PayVoucher.Create(Samples.SessionId, LastVoucher),
            "94c410000102030405060708090a0b0c0d0e0f03c410000000000000000000000000000f4240c4416da19e46ef8713129e6ca69012e6d4"
            + "5e080ca4569bd3b760614915297dba9d930bd4b43294e150b4a48453945095d56c3add81a2fee44f3c2be412f809f6fe541b");

    [Fact]
    public void VoucherAnswer_HasFrozenBytes() =>
        Frozen(
            new VoucherAnswer(
                VoucherRejection.BadSignature, SignatureVerdict.HighS, new TokenAmount(1_000_000), new ByteCount(4_000_000),
                new ByteCount(524_288), LastVoucher),
            "960b04c410000000000000000000000000000f4240ce003d0900ce0008000094c420eb28a75053efff7140a43d9bc983e082919623d566"
            + "f1bc639d62655ca59593fb03c410000000000000000000000000000f4240c4416da19e46ef8713129e6ca69012e6d45e080ca4569bd3b7"
            + "60614915297dba9d930bd4b43294e150b4a48453945095d56c3add81a2fee44f3c2be412f809f6fe541b");

    [Fact]
    public void Availability_HasFrozenBytes() =>
        Frozen(
            new Availability(
                new byte[] { 0xFF, 0x80 }, 12, 34, new ByteCount(5_000_000), new PricePerMegabyte(250_000), new PricePerMegabyte(9)),
            "96c402ff800c22ce004c4b40c4100000000000000000000000000003d090c41000000000000000000000000000000009");

    [Fact]
    public void CloseSession_HasFrozenBytes()
    {
        var close = new CooperativeClose(Samples.ChannelId, 3, new TokenAmount(1_000_000), 1_795_403_600);
        Frozen(
            new CloseSession(Samples.SessionId, LastVoucher, CloseAuthorization.Create(close, Samples.Domain, Samples.Session)),
            "93c410000102030405060708090a0b0c0d0e0f94c420eb28a75053efff7140a43d9bc983e082919623d566f1bc639d62655ca59593fb03"
            + "c410000000000000000000000000000f4240c4416da19e46ef8713129e6ca69012e6d45e080ca4569bd3b760614915297dba9d930bd4b4"
            + "3294e150b4a48453945095d56c3add81a2fee44f3c2be412f809f6fe541b92ce6b03af50c441b70858d246ac097cb61f09ab9c8286ebe3"
            + "352f334aea3bde732217d31a56d7360cc5b11e5135452f5d6091f44a2fd5dccc7763e4f55d980e0a22777b73c6b7211c");
    }

    [Fact]
    public void CloseSessionWithoutOptionalParts_HasFrozenBytes() =>
        Frozen(new CloseSession(Samples.SessionId, null, null), "93c410000102030405060708090a0b0c0d0e0fc0c0");

    [Fact]
    public void ChannelPending_HasFrozenBytes() =>
        Frozen(
            new ChannelPending(Samples.Repeat(0xE5), 5, 19, 3),
            "94c420e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5051303");

    [Fact]
    public void SessionClosed_HasFrozenBytes() =>
        Frozen(
            new SessionClosed(VoucherRejection.NotAboveLast, new TokenAmount(1_000_000), new ByteCount(4_000_001), new ByteCount(4_000_000)),
            "9406c410000000000000000000000000000f4240ce003d0901ce003d0900");

    [Fact]
    public void Refusal_HasFrozenBytes() =>
        Frozen(
            new Refusal(RefusalCode.SessionRejected, "Grüße", SessionRejection.StaleTimestamp, LastVoucher, new byte[] { 1, 2, 3 }),
            "9502a74772c3bcc39f650694c420eb28a75053efff7140a43d9bc983e082919623d566f1bc639d62655ca59593fb03c410000000000000"
            + "000000000000000f4240c4416da19e46ef8713129e6ca69012e6d45e080ca4569bd3b760614915297dba9d930bd4b43294e150b4a48453"
            + "945095d56c3add81a2fee44f3c2be412f809f6fe541bc403010203");

    [Fact]
    public void RefusalWithoutOptionalParts_HasFrozenBytes() =>
        Frozen(Refusal.Because(RefusalCode.PaymentRequired, "Open a session."), "9501af4f70656e20612073657373696f6e2e00c0c400");

    private static void Frozen<T>(T message, string hex)
        where T : class, IWireMessage
    {
        var bytes = MessageCodec.Encode(message);
        Assert.Equal(hex, Convert.ToHexStringLower(bytes));
        Assert.True(bytes.Length <= T.MaxEncodedLength);
        Assert.True(MessageCodec.TryDecode<T>(bytes, out var decoded));
        Assert.Equal(bytes, MessageCodec.Encode(decoded));
    }
}
