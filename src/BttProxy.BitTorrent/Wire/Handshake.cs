namespace BttProxy.BitTorrent.Wire;

/// <summary>The first 68 bytes in each direction (BEP 3), with the reserved bits of BEP 6, BEP 10 and BEP 52.</summary>
/// <param name="InfoHash">The swarm.</param>
/// <param name="PeerId">The sender.</param>
/// <param name="SupportsExtensions">BEP 10.</param>
/// <param name="SupportsFast">BEP 6.</param>
/// <param name="SupportsVersion2">BEP 52: a v1 info-hash may be answered with the v2 info-hash of the same torrent.</param>
internal readonly record struct Handshake(
    InfoHash InfoHash, PeerId PeerId, bool SupportsExtensions, bool SupportsFast, bool SupportsVersion2 = false)
{
    public const int Length = 68;

    /// <summary>Of the protocol's name, by which a handshake in clear is known.</summary>
    public const int ProtocolLength = 20;
    private const int ReservedOffset = ProtocolLength;
    private const int InfoHashOffset = 28;
    private const int PeerIdOffset = 48;
    private const byte ExtensionBit = 0x10;
    private const byte FastBit = 0x04;
    private const byte Version2Bit = 0x10;

    private static ReadOnlySpan<byte> Protocol => "\u0013BitTorrent protocol"u8;

    public void Write(Span<byte> destination)
    {
        destination[..Length].Clear();
        Protocol.CopyTo(destination);
        destination[ReservedOffset + 5] = SupportsExtensions ? ExtensionBit : (byte)0;
        destination[ReservedOffset + 7] = (byte)((SupportsFast ? FastBit : 0) | (SupportsVersion2 ? Version2Bit : 0));
        InfoHash.Span.CopyTo(destination[InfoHashOffset..]);
        PeerId.Write(destination[PeerIdOffset..]);
    }

    public static bool IsProtocol(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Protocol);

    public static bool TryParse(ReadOnlySpan<byte> bytes, out Handshake handshake)
    {
        handshake = default;
        if (bytes.Length < Length || !IsProtocol(bytes))
        {
            return false;
        }
        handshake = new Handshake(
            new InfoHash(bytes.Slice(InfoHashOffset, InfoHash.Length)),
            PeerId.Read(bytes[PeerIdOffset..]),
            (bytes[ReservedOffset + 5] & ExtensionBit) != 0,
            (bytes[ReservedOffset + 7] & FastBit) != 0,
            (bytes[ReservedOffset + 7] & Version2Bit) != 0);
        return true;
    }
}
