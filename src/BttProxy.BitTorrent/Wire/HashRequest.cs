using System.Buffers.Binary;
using System.Numerics;

namespace BttProxy.BitTorrent.Wire;

/// <summary>A part of a file's hash tree, as HASH REQUEST, HASHES and HASH REJECT name it (BEP 52).</summary>
/// <param name="Root">The file's pieces root.</param>
/// <param name="BaseLevel">The level of the wanted hashes above the leaves.</param>
/// <param name="Index">The first of them in its level; a multiple of the length.</param>
/// <param name="Length">How many; a power of two.</param>
/// <param name="ProofLayers">Levels from the base on whose nodes prove the hashes; those that follow from the hashes are left out.</param>
internal readonly record struct HashRequest(InfoHashV2 Root, int BaseLevel, int Index, int Length, int ProofLayers)
{
    public const int EncodedLength = InfoHashV2.Length + 16;

    /// <summary>BEP 52 wants at most 512; a piece of 32 MiB has this many leaves, and whoever asks for leaves asks for a piece's.</summary>
    public const int MaxLength = 2048;

    /// <summary>The tree of the largest file has 33 levels.</summary>
    private const int MaxProofLayers = 40;

    /// <summary>Hashes that follow the wanted ones in an answer: the neighbours on the way up, beginning above what is wanted.</summary>
    public int ProofLength => Math.Max(0, ProofLayers + 1 - BitOperations.Log2((uint)Length));

    /// <summary>False when the payload is too short or has numbers that cannot be. Hashes may follow.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out HashRequest request)
    {
        request = default;
        if (payload.Length < EncodedLength)
        {
            return false;
        }
        var numbers = payload[InfoHashV2.Length..];
        request = new HashRequest(
            new InfoHashV2(payload[..InfoHashV2.Length]),
            BinaryPrimitives.ReadInt32BigEndian(numbers),
            BinaryPrimitives.ReadInt32BigEndian(numbers[4..]),
            BinaryPrimitives.ReadInt32BigEndian(numbers[8..]),
            BinaryPrimitives.ReadInt32BigEndian(numbers[12..]));
        return request is { BaseLevel: >= 0, Index: >= 0, Length: > 0, ProofLayers: >= 0 and <= MaxProofLayers }
            && BitOperations.IsPow2(request.Length) && request.Index % request.Length == 0;
    }

    public void Write(Span<byte> destination)
    {
        Root.Span.CopyTo(destination);
        var numbers = destination[InfoHashV2.Length..];
        BinaryPrimitives.WriteInt32BigEndian(numbers, BaseLevel);
        BinaryPrimitives.WriteInt32BigEndian(numbers[4..], Index);
        BinaryPrimitives.WriteInt32BigEndian(numbers[8..], Length);
        BinaryPrimitives.WriteInt32BigEndian(numbers[12..], ProofLayers);
    }
}
