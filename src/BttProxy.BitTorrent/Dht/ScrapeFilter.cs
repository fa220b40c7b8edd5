using System.Net;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Dht;

/// <summary>A bloom filter over addresses (BEP 33): 2048 bits, two of them per address, both from its SHA-1.</summary>
internal sealed class ScrapeFilter
{
    public const int Length = 256;
    private const int Bits = Length * 8;

    private readonly byte[] _bytes;

    public ScrapeFilter() => _bytes = new byte[Length];

    /// <param name="bytes">Exactly 256 bytes.</param>
    public ScrapeFilter(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length);
        _bytes = bytes.ToArray();
    }

    public ReadOnlySpan<byte> Span => _bytes;

    public void Add(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(bytes[..length], hash);
        Set((hash[0] | (hash[1] << 8)) % Bits);
        Set((hash[2] | (hash[3] << 8)) % Bits);
    }

    /// <summary>How many addresses were put in, by the share of bits still zero; a full filter reads as one with a single zero.</summary>
    public double Estimate()
    {
        var zeros = Bits - MemoryMarshal.Cast<byte, ulong>(_bytes).ToArray().Sum(BitOperations.PopCount);
        return Math.Log(Math.Clamp(zeros, 1, Bits) / (double)Bits) / (2 * Math.Log(1 - (1.0 / Bits)));
    }

    /// <summary>
    /// The bits that at least two of the filters have, or all bits of a single filter: an announcement goes to eight
    /// nodes and more, so what only one node claims is noise or a lie.
    /// </summary>
    public static ScrapeFilter Agree(IReadOnlyList<ScrapeFilter> filters)
    {
        if (filters.Count == 1)
        {
            return filters[0];
        }
        var agreed = new ScrapeFilter();
        Span<byte> once = stackalloc byte[Length];
        foreach (var filter in filters)
        {
            for (var i = 0; i < Length; i++)
            {
                agreed._bytes[i] |= (byte)(once[i] & filter._bytes[i]);
                once[i] |= filter._bytes[i];
            }
        }
        return agreed;
    }

    private void Set(int bit) => _bytes[bit / 8] |= (byte)(1 << (bit % 8));
}
