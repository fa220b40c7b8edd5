using BttProxy.Protocol.Keys;
using Google.Protobuf;

namespace BttProxy.Tron.Node;

/// <summary>An address as TRON's messages carry it: 0x41, then the 20 bytes. In event logs the prefix is missing.</summary>
internal static class WireAddress
{
    private const byte Prefix = 0x41;
    private const int Length = 1 + TronAddress.Length;

    public static ByteString Write(TronAddress address)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Prefix;
        address.Span.CopyTo(bytes[1..]);
        return ByteString.CopyFrom(bytes);
    }

    public static bool TryRead(ByteString bytes, out TronAddress address)
    {
        var span = bytes.Span;
        address = default;
        if (span.Length == Length && span[0] == Prefix)
        {
            address = new TronAddress(span[1..]);
            return true;
        }

        return false;
    }
}
