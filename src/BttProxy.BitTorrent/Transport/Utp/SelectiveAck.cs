namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>
/// The bits of the selective-ack extension (BEP 29): lowest bit of the first byte first, for the packet two after the acknowledged one, as the
/// one in between is missing. A multiple of four bytes.
/// </summary>
internal static class SelectiveAck
{
    public const int MaxLength = UtpLimits.MaxPacketsAhead / 8;

    public static bool IsSet(ReadOnlySpan<byte> bits, int index) => (bits[index >> 3] & (1 << (index & 7))) != 0;

    public static void Set(Span<byte> bits, int index) => bits[index >> 3] |= (byte)(1 << (index & 7));

    /// <summary>Bytes for so many bits.</summary>
    public static int LengthFor(int bits) => (bits + 31) / 32 * 4;
}
