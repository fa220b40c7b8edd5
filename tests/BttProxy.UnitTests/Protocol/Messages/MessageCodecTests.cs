using System.Buffers;
using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using CsCheck;
using MessagePack;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Messages;

public sealed class MessageCodecTests
{
    private static readonly byte[] Voucher = MessageCodec.Encode(PayVoucher.Create(Samples.SessionId, Samples.Voucher(1_000_000)));

    private static readonly byte[] Session = MessageCodec.Encode(new OpenSession(
        ProtocolConstants.Version,
        Samples.Terms,
        OpenAuthorization.Create(new OpenChannel(Samples.ChannelId, TokenAmount.FromBtt(1), 0, 5), Samples.Domain, Samples.Payer),
        SessionProof.Create(new SessionRequest(Samples.ChannelId, 0, default, default, 9, default), Samples.Domain, Samples.Session),
        default,
        Samples.Voucher(7)));

    [Fact]
    public void Voucher_ComesBackAsSent()
    {
        Assert.True(MessageCodec.TryDecode<PayVoucher>(Voucher, out var message));
        Assert.Equal(Samples.Voucher(1_000_000), message.ToSignedVoucher(Samples.ChannelId));
    }

    [Fact]
    public void Session_ComesBackAsSent()
    {
        Assert.True(MessageCodec.TryDecode<OpenSession>(Session, out var message));
        Assert.Equal(Samples.Terms, message.Terms);
        Assert.Equal(Samples.ChannelId, message.Terms.Id(Samples.Domain));
        Assert.Equal(Samples.Voucher(7), message.LastVoucher);
        var open = message.Authorization!.ToOpenChannel(Samples.ChannelId);
        Assert.Equal(
            SignatureVerdict.Valid,
            Secp256k1.Recover(open.Digest(Samples.Domain), message.Authorization.Signature.Span, out var payer));
        Assert.Equal(Samples.Payer.Address, payer);
        var request = message.Proof.ToSessionRequest(Samples.ChannelId);
        Assert.Equal(
            SignatureVerdict.Valid,
            Secp256k1.Recover(request.Digest(Samples.Domain), message.Proof.Signature.Span, out var signer));
        Assert.Equal(Samples.Session.Address, signer);
    }

    [Fact]
    public void SplitBuffer_DecodesLikeAWholeOne()
    {
        var first = new Segment(Voucher.AsMemory(0, 50));
        var last = first.Append(Voucher.AsMemory(50));
        var sequence = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        Assert.True(MessageCodec.TryDecode<PayVoucher>(sequence, out _));
        Assert.False(MessageCodec.TryDecode<SessionClosed>(new ReadOnlySequence<byte>(new byte[65]), out _));
    }

    [Fact]
    public void EmptyOrOverLimit_IsRefused()
    {
        Assert.False(MessageCodec.TryDecode<PayVoucher>(ReadOnlyMemory<byte>.Empty, out _));
        Assert.False(MessageCodec.TryDecode<PayVoucher>(new byte[PayVoucher.MaxEncodedLength + 1], out _));
    }

    [Fact]
    public void TrailingOrMissingByte_IsRefused()
    {
        Assert.False(MessageCodec.TryDecode<PayVoucher>((byte[])[.. Voucher, 0xC0], out _));
        for (var length = 0; length < Voucher.Length; length++)
        {
            Assert.False(MessageCodec.TryDecode<PayVoucher>(Voucher.AsMemory(0, length), out _));
        }
    }

    [Fact]
    public void SecondSpellingOfTheSameValues_IsRefused()
    {
        // bin 8 written as bin 16; the epoch 0 as uint 8; the array header as array 16; one field more.
        Assert.Equal([0x94, 0xC4, 0x10], Voucher[..3]);
        Assert.False(MessageCodec.TryDecode<PayVoucher>((byte[])[0x94, 0xC5, 0x00, .. Voucher[2..]], out _));
        Assert.False(MessageCodec.TryDecode<PayVoucher>((byte[])[.. Voucher[..19], 0xCC, .. Voucher[19..]], out _));
        Assert.False(MessageCodec.TryDecode<PayVoucher>((byte[])[0xDC, 0x00, 0x04, .. Voucher[1..]], out _));
        Assert.False(MessageCodec.TryDecode<PayVoucher>((byte[])[0x95, .. Voucher[1..], 0xC0], out _));
    }

    [Fact]
    public void NilInPlaceOfARequiredPart_IsRefused()
    {
        var refusal = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(refusal);
        writer.WriteArrayHeader(5);
        writer.Write(1);
        writer.WriteNil();
        writer.Write(0);
        writer.WriteNil();
        writer.Write(ReadOnlySpan<byte>.Empty);
        writer.Flush();
        Assert.False(MessageCodec.TryDecode<Refusal>(refusal.WrittenMemory, out _));
        Assert.False(MessageCodec.TryDecode<OpenSession>((byte[])[0x96, 1, 0xC0, 0xC0, 0xC0, 0xC0, 0xC0], out _));
        Assert.False(MessageCodec.TryDecode<PayVoucher>((byte[])[0xC0], out _));
    }

    [Fact]
    public void DeadlineAboveUInt40_IsRefused()
    {
        var session = new CloseSession(Samples.SessionId, null, new CloseAuthorization(1UL << 40, default));
        Assert.False(MessageCodec.TryDecode<CloseSession>(MessageCodec.Encode(session), out _));
        session = session with { Close = new CloseAuthorization((1UL << 40) - 1, default) };
        Assert.True(MessageCodec.TryDecode<CloseSession>(MessageCodec.Encode(session), out _));
    }

    [Fact]
    public void DamagedMessages_AreRefusedOrCanonical()
    {
        foreach (var good in new[] { Voucher, Session })
        {
            Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, 3]).Sample((position, value, kind) =>
            {
                byte[] damaged = kind switch
                {
                    0 => [.. good[..position], value, .. good[(position + 1)..]],
                    1 => [.. good[..position], value, .. good[position..]],
                    2 => [.. good[..position], .. good[(position + 1)..]],
                    _ => [.. good[position..], .. good[..position]],
                };
                OnlyCanonical<PayVoucher>(damaged);
                OnlyCanonical<OpenSession>(damaged);
                OnlyCanonical<Refusal>(damaged);
            });
        }
    }

    [Fact]
    public void RandomBytes_AreRefusedOrCanonical() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            OnlyCanonical<PayVoucher>(bytes);
            OnlyCanonical<VoucherAnswer>(bytes);
            OnlyCanonical<SessionOpened>(bytes);
            OnlyCanonical<SessionClosed>(bytes);
            OnlyCanonical<CloseSession>(bytes);
            OnlyCanonical<Availability>(bytes);
            OnlyCanonical<Refusal>(bytes);
        });

    // Headers that announce far more than follows must not make the reader allocate for it.
    [Theory]
    [InlineData("ddffffffff")]
    [InlineData("dfffffffff")]
    [InlineData("94c6ffffffff")]
    [InlineData("95dbffffffff")]
    [InlineData("9191919191919191919191919191919191919191919191919191919191919191")]
    public void AnnouncedHugeLength_IsRefusedWithoutAllocating(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        OnlyCanonical<PayVoucher>(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(MessageCodec.TryDecode<PayVoucher>(bytes, out _));
        Assert.False(MessageCodec.TryDecode<Refusal>(bytes, out _));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    private static void OnlyCanonical<T>(byte[] bytes)
        where T : class, IWireMessage
    {
        if (MessageCodec.TryDecode<T>(bytes, out var message))
        {
            Assert.Equal(bytes, MessageCodec.Encode(message));
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
