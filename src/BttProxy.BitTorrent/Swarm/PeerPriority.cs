using System.Buffers.Binary;
using System.Net;
using System.Numerics;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Canonical peer priority (BEP 40): both ends of a connection, and nobody else, come to the same number, so nobody can fill a swarm with
/// his addresses, and every newcomer is taken in by somebody. The higher, the better.
/// </summary>
internal static class PeerPriority
{
    public static uint Compute(IPEndPoint left, IPEndPoint right)
    {
        Span<byte> one = stackalloc byte[16];
        Span<byte> other = stackalloc byte[16];
        if (left.AddressFamily != right.AddressFamily || left.Address.Equals(right.Address))
        {
            BinaryPrimitives.WriteUInt16BigEndian(one, (ushort)left.Port);
            BinaryPrimitives.WriteUInt16BigEndian(other, (ushort)right.Port);
            return Hash(one[..2], other[..2]);
        }
        left.Address.TryWriteBytes(one, out var length);
        right.Address.TryWriteBytes(other, out _);
        one = one[..length];
        other = other[..length];
        // FF.FF.55.55, in one /16 FF.FF.FF.55, in one /24 all. The BEP leaves IPv6 open: libtorrent takes twice as many bytes.
        var scale = length == 4 ? 1 : 2;
        var kept = Math.Max(2, (one.CommonPrefixLength(other) / scale) + 1);
        for (var i = kept * scale; i < 4 * scale; i++)
        {
            one[i] &= 0x55;
            other[i] &= 0x55;
        }
        return Hash(one, other);
    }

    private static uint Hash(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var isSorted = one.SequenceCompareTo(other) <= 0;
        return ~Append(Append(uint.MaxValue, isSorted ? one : other), isSorted ? other : one);
    }

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return crc;
    }
}
