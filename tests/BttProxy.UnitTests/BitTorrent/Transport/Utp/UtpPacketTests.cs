using BttProxy.BitTorrent.Transport.Utp;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Utp;

public sealed class UtpPacketTests
{
    [Fact]
    public void Header_HasTheBytesOfTheBep()
    {
        var header = new UtpHeader
        {
            Type = UtpPacketType.Syn, ConnectionId = 0x0102, Timestamp = 0x03040506, TimestampDifference = 0x0708090A, Window = 0x0B0C0D0E,
            Sequence = 0x0F10, Ack = 0x1112,
        };
        var bytes = new byte[UtpHeader.Length];
        header.Write(bytes);
        Assert.Equal("41000102030405060708090A0B0C0D0E0F101112", Convert.ToHexString(bytes));
        Assert.True(UtpHeader.TryRead(bytes, out var read));
        Assert.Equal(header, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2100")]
    [InlineData("22000102030405060708090A0B0C0D0E0F101112")]
    [InlineData("51000102030405060708090A0B0C0D0E0F101112")]
    // Extensions that are cut off: no head, half a head, content beyond the end, a second one missing.
    [InlineData("21010102030405060708090A0B0C0D0E0F101112")]
    [InlineData("21010102030405060708090A0B0C0D0E0F10111200")]
    [InlineData("21010102030405060708090A0B0C0D0E0F1011120004010203")]
    [InlineData("21010102030405060708090A0B0C0D0E0F101112010401020304")]
    public void WhatIsNoPacket_IsRefused(string hex) => Assert.False(UtpPacket.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void UnknownExtensions_AreSkipped()
    {
        // Kind 2 of eight bytes, then kind 1 of four, then an empty kind 77, then the payload.
        var bytes = Convert.FromHexString("01020102030405060708090A0B0C0D0E0F101112" + "01080000000000000000" + "4D04AABBCCDD" + "0000" + "EEFF");
        Assert.True(UtpPacket.TryParse(bytes, out var packet));
        Assert.Equal("AABBCCDD", Convert.ToHexString(packet.SelectiveAck));
        Assert.Equal("EEFF", Convert.ToHexString(packet.Payload));
    }

    [Fact]
    public void SelectiveAcks_AreReadBackAsWritten()
    {
        var bits = new byte[SelectiveAck.LengthFor(40)];
        SelectiveAck.Set(bits, 0);
        SelectiveAck.Set(bits, 39);
        var datagram = new byte[UtpLimits.MaxDatagram];
        var length = UtpPacket.Write(datagram, new UtpHeader { Type = UtpPacketType.State }, bits);
        Assert.True(UtpPacket.TryParse(datagram.AsSpan(0, length), out var packet));
        Assert.Equal("0100000080000000", Convert.ToHexString(packet.SelectiveAck));
        Assert.True(packet.Payload.IsEmpty);
    }

    [Fact]
    public void SequenceNumbers_AreComparedAcrossTheWrap()
    {
        Assert.Equal(2, SequenceNumber.Distance(65535, 1));
        Assert.Equal(-2, SequenceNumber.Distance(1, 65535));
        Assert.Equal(1, SequenceNumber.Add(65535, 2));
        Assert.Equal(65535, SequenceNumber.Add(1, -2));
    }
}
