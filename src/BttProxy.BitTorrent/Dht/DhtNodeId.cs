using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Dht;

/// <summary>A point in the DHT's key space (BEP 5): a node's id, an info-hash or a BEP 44 target. 20 bytes.</summary>
public readonly struct DhtNodeId : IEquatable<DhtNodeId>
{
    public const int Length = 20;
    internal const int Bits = Length * 8;

    private readonly Bytes20 _bytes;

    /// <param name="bytes">Exactly 20 bytes.</param>
    public DhtNodeId(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length);
        bytes.CopyTo(_bytes);
    }

    public DhtNodeId(InfoHash infoHash) : this(infoHash.Span)
    {
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>SHA-1 of <paramref name="data"/>.</summary>
    public static DhtNodeId Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA1.HashData(data, hash);
        return new DhtNodeId(hash);
    }

    internal static DhtNodeId CreateRandom()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        return new DhtNodeId(bytes);
    }

    /// <summary>A random id that shares exactly <paramref name="prefixBits"/> leading bits with this one.</summary>
    internal DhtNodeId CreateRandomNeighbour(int prefixBits)
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        var whole = prefixBits / 8;
        Span[..whole].CopyTo(bytes);
        var keep = (byte)(0xff00 >> (prefixBits % 8));
        var flip = (byte)(0x80 >> (prefixBits % 8));
        bytes[whole] = (byte)((Span[whole] & keep) | (~Span[whole] & flip) | (bytes[whole] & ~(keep | flip)));
        return new DhtNodeId(bytes);
    }

    /// <summary>How many leading bits both ids share, 0 to 160.</summary>
    internal int CommonPrefixLength(DhtNodeId other)
    {
        for (var i = 0; i < Length; i++)
        {
            var difference = (byte)(Span[i] ^ other.Span[i]);
            if (difference != 0)
            {
                return (i * 8) + BitOperations.LeadingZeroCount((uint)difference) - 24;
            }
        }
        return Bits;
    }

    /// <summary>Below zero when <paramref name="left"/> is nearer to this id by the XOR metric, above when farther.</summary>
    internal int CompareDistance(DhtNodeId left, DhtNodeId right)
    {
        for (var offset = 0; offset < Length; offset += sizeof(uint))
        {
            var own = BinaryPrimitives.ReadUInt32BigEndian(Span[offset..]);
            var order = (own ^ BinaryPrimitives.ReadUInt32BigEndian(left.Span[offset..]))
                .CompareTo(own ^ BinaryPrimitives.ReadUInt32BigEndian(right.Span[offset..]));
            if (order != 0)
            {
                return order;
            }
        }
        return 0;
    }

    public bool Equals(DhtNodeId other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is DhtNodeId other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public override string ToString() => Convert.ToHexStringLower(Span);

    public static bool operator ==(DhtNodeId left, DhtNodeId right) => left.Equals(right);

    public static bool operator !=(DhtNodeId left, DhtNodeId right) => !left.Equals(right);
}
