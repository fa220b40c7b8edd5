using System.Security.Cryptography;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Who sent which block of a piece that failed, and the block's digest.</summary>
internal readonly record struct BlockEvidence(int Block, PeerSession Source, UInt128 Digest)
{
    public static List<BlockEvidence> Collect(PieceAssembly assembly)
    {
        var evidence = new List<BlockEvidence>();
        for (var block = 0; block < assembly.BlockCount; block++)
        {
            if (assembly.Sources[block] is { } source)
            {
                evidence.Add(new BlockEvidence(block, source, DigestOf(assembly, block)));
            }
        }
        return evidence;
    }

    /// <summary>The peers whose blocks differ from those of the good piece.</summary>
    public static IEnumerable<PeerSession> FindAuthors(List<BlockEvidence> evidence, PieceAssembly good) =>
        evidence.Where(entry => entry.Digest != DigestOf(good, entry.Block)).Select(entry => entry.Source).Distinct().ToArray();

    private static UInt128 DigestOf(PieceAssembly assembly, int block)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(assembly.Data.Slice(block * BlockRequest.BlockLength, assembly.BlockSize(block)), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
