using System.Text;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Wire;

public sealed class WireTests
{
    [Fact]
    public void Handshake_IsReadBack()
    {
        var handshake = new Handshake(InfoHash.Compute("x"u8), PeerId.Create(), SupportsExtensions: true, SupportsFast: true);
        var bytes = new byte[Handshake.Length];
        handshake.Write(bytes);

        Assert.Equal("\u0013BitTorrent protocol\0\0\0\0\0\u0010\0\u0004", Encoding.Latin1.GetString(bytes, 0, 28));
        Assert.True(Handshake.TryParse(bytes, out var read));
        Assert.Equal(handshake, read);
        bytes[3]++;
        Assert.False(Handshake.TryParse(bytes, out _));
        Assert.False(Handshake.TryParse(bytes.AsSpan(1), out _));
    }

    [Fact]
    public void Handshake_TellsOfVersion2()
    {
        var bytes = new byte[Handshake.Length];
        new Handshake(default, PeerId.Create(), SupportsExtensions: true, SupportsFast: true, SupportsVersion2: true).Write(bytes);
        Assert.Equal(0x14, bytes[27]);
        Assert.True(Handshake.TryParse(bytes, out var read) && read.SupportsVersion2);
    }

    [Fact]
    public void HashRequest_HasTheBytesOfTheSpecification()
    {
        var request = new HashRequest(InfoHashV2.Compute("file"u8), 4, 1024, 512, 11);
        var writer = new MessageWriter();
        writer.Write(PeerMessageId.HashRequest, request);

        Assert.Equal(
            "00000031" + "15" + InfoHashV2.Compute("file"u8) + "00000004" + "00000400" + "00000200" + "0000000b",
            Convert.ToHexStringLower(writer.Written.Span));
        Assert.True(HashRequest.TryRead(writer.Written.Span[5..], out var read));
        Assert.Equal(request, read);
        Assert.Equal(3, request.ProofLength);
    }

    [Theory]
    [InlineData(-1, 0, 1, 0)]
    [InlineData(0, -2, 1, 0)]
    [InlineData(0, 1, 2, 0)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 0, 3, 0)]
    [InlineData(0, 0, int.MinValue, 0)]
    [InlineData(0, 0, 1, -1)]
    [InlineData(0, 0, 1, int.MaxValue)]
    public void HashRequestThatCannotBe_IsRefused(int level, int index, int length, int proofLayers)
    {
        var bytes = new byte[HashRequest.EncodedLength];
        new HashRequest(default, level, index, length, proofLayers).Write(bytes);
        Assert.False(HashRequest.TryRead(bytes, out _));
        Assert.False(HashRequest.TryRead(bytes.AsSpan(1), out _));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0 }, FrameStatus.Incomplete)]
    [InlineData(new byte[] { 0, 0, 0, 0 }, FrameStatus.Complete)]
    [InlineData(new byte[] { 0, 0, 0, 5, 4, 0, 0, 0 }, FrameStatus.Incomplete)]
    [InlineData(new byte[] { 0, 0, 0, 5, 4, 0, 0, 0, 9, 77 }, FrameStatus.Complete)]
    [InlineData(new byte[] { 0, 3, 0, 0 }, FrameStatus.TooLong)]
    [InlineData(new byte[] { 0x7f, 0xff, 0xff, 0xff }, FrameStatus.TooLong)]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 1 }, FrameStatus.TooLong)]
    internal void Frame_IsFoundOrRefused(byte[] bytes, FrameStatus status) => Assert.Equal(status, PeerFrame.TryRead(bytes, out _));

    [Fact]
    public void Messages_HaveTheBytesOfTheSpecification()
    {
        var writer = new MessageWriter();
        writer.WriteKeepAlive();
        writer.Write(PeerMessageId.Interested);
        writer.WriteHave(258);
        writer.Write(PeerMessageId.Request, new BlockRequest(1, 16_384, 16_384));
        writer.WriteBitfield([0x80]);
        writer.WriteExtended(3, "de"u8, "x"u8);

        Assert.Equal(
            "00000000" + "0000000102" + "000000050400000102" + "0000000d06000000010000400000004000" + "000000020580" + "000000051403646578",
            Convert.ToHexStringLower(writer.Written.Span));
    }

    [Fact]
    public void ExtensionHandshake_IsReadBack()
    {
        var handshake = new ExtensionHandshake(1, 12_345, 500, 6881)
        {
            PeerExchangeId = 2, UploadOnly = true, YourAddress = System.Net.IPAddress.Parse("8.8.8.8"),
        };
        Assert.Equal(handshake, ExtensionHandshake.TryParse(handshake.Write()));
    }

    [Theory]
    [InlineData("d1:md11:ut_metadatai999eee")]
    [InlineData("d1:md11:ut_metadatai-1ee13:metadata_sizei-5ee")]
    [InlineData("d13:metadata_sizei2147483647ee")]
    [InlineData("d1:mi5e13:metadata_size3:abce")]
    [InlineData("de")]
    public void ImpossibleNumbers_CountAsNotTold(string text)
    {
        var handshake = ExtensionHandshake.TryParse(Encoding.ASCII.GetBytes(text))!;
        Assert.Equal(0, handshake.MetadataId);
        Assert.Null(handshake.MetadataSize);
    }

    [Fact]
    public void ExtensionBomb_IsRefused()
    {
        Assert.Null(ExtensionHandshake.TryParse(Encoding.ASCII.GetBytes(new string('l', 60_000))));
        Assert.Null(ExtensionHandshake.TryParse(new byte[70_000]));
        Assert.False(MetadataMessage.TryParse(Encoding.ASCII.GetBytes(new string('d', 20_000)), out _));
    }

    [Fact]
    public void MetadataMessage_IsReadBackWithItsDataBehind()
    {
        var head = new MetadataMessage(MetadataMessageType.Data, 3, 60_000, 0).Write();
        Assert.True(MetadataMessage.TryParse([.. head, 1, 2, 3], out var message));
        Assert.Equal(new MetadataMessage(MetadataMessageType.Data, 3, 60_000, head.Length), message);
        Assert.False(MetadataMessage.TryParse("d8:msg_typei1e5:piecei-1ee"u8, out _));
        Assert.False(MetadataMessage.TryParse("d8:msg_typei1e5:piecei99999999ee"u8, out _));
    }

    [Fact]
    public void MutatedExtensionMessages_NeverThrow()
    {
        var random = new Random(20261124);
        byte[][] originals = [new ExtensionHandshake(1, 12_345, 500, 6881).Write(), new MetadataMessage(MetadataMessageType.Data, 3, 60_000, 0).Write()];
        for (var round = 0; round < 100_000; round++)
        {
            var mutated = (byte[])originals[round % 2].Clone();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                mutated[random.Next(mutated.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "0123456789dlie:-"[random.Next(16)]);
            }
            _ = ExtensionHandshake.TryParse(mutated);
            _ = MetadataMessage.TryParse(mutated, out _);
        }
    }
}
