namespace BttProxy.BitTorrent.Wire;

/// <summary>The first 68 bytes in each direction (BEP 3), with the reserved bits of BEP 6 and BEP 10.</summary>
internal readonly record struct Handshake(InfoHash InfoHash, PeerId PeerId, bool SupportsExtensions, bool SupportsFast)
{
    public const int Length = 68;

    /// <summary>Of the protocol's name, by which a handshake in clear is known.</summary>
    public const int ProtocolLength = 20;
    private const int ReservedOffset = ProtocolLength;
    private const int InfoHashOffset = 28;
    private const int PeerIdOffset = 48;
    private const byte ExtensionBit = 0x10;
    private const byte FastBit = 0x04;

    private static ReadOnlySpan<byte> Protocol => "\u0013BitTorrent protocol"u8;

    public void Write(Span<byte> destination)
    {
        destination[..Length].Clear();
        Protocol.CopyTo(destination);
        destination[ReservedOffset + 5] = SupportsExtensions ? ExtensionBit : (byte)0;
        destination[ReservedOffset + 7] = SupportsFast ? FastBit : (byte)0;
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
            (bytes[ReservedOffset + 7] & FastBit) != 0);
        return true;
    }
}
