using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Node ids bound to the external address (BEP 42): an address has few ids to choose from.</summary>
internal static class SecureNodeId
{
    private static ReadOnlySpan<byte> MaskIPv4 => [0x03, 0x0f, 0x3f, 0xff];

    private static ReadOnlySpan<byte> MaskIPv6 => [0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xff];

    public static DhtNodeId Create(IPAddress external) => Bind(DhtNodeId.CreateRandom(), external);

    /// <summary>The id with its first 21 bits replaced by those that belong to the address.</summary>
    internal static DhtNodeId Bind(DhtNodeId random, IPAddress external)
    {
        Span<byte> bytes = stackalloc byte[DhtNodeId.Length];
        random.Span.CopyTo(bytes);
        var prefix = ComputePrefix(external, bytes[^1]);
        bytes[0] = (byte)(prefix >> 24);
        bytes[1] = (byte)(prefix >> 16);
        bytes[2] = (byte)(((prefix >> 8) & 0xf8) | (bytes[2] & 0x07u));
        return new DhtNodeId(bytes);
    }

    /// <summary>True when the id belongs to the address, or the address is local and has no id of its own.</summary>
    public static bool Matches(DhtNodeId id, IPAddress address)
    {
        if (AddressRules.IsLocal(address))
        {
            return true;
        }
        var prefix = ComputePrefix(address, id.Span[^1]);
        return id.Span[0] == (byte)(prefix >> 24)
            && id.Span[1] == (byte)(prefix >> 16)
            && (id.Span[2] & 0xf8) == ((prefix >> 8) & 0xf8);
    }

    /// <summary>CRC-32C over the masked address with the low three bits of <paramref name="seed"/> on top; 21 bits count.</summary>
    internal static uint ComputePrefix(IPAddress address, byte seed)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var mask = address.AddressFamily == AddressFamily.InterNetwork ? MaskIPv4 : MaskIPv6;
        var crc = uint.MaxValue;
        for (var i = 0; i < mask.Length; i++)
        {
            var masked = (byte)(bytes[i] & mask[i]);
            crc = BitOperations.Crc32C(crc, i == 0 ? (byte)(masked | ((seed & 7) << 5)) : masked);
        }
        return ~crc;
    }
}
