using System.Buffers.Binary;
using System.Security.Cryptography;
using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>
/// Ids of blocks: the number, then 24 bytes of a hash. On TRON that is of the header; here of what makes the block what it is, because
/// the headers of empty blocks are kept nowhere.
/// </summary>
internal static class BlockIds
{
    /// <param name="genesis">Id of block 0.</param>
    /// <param name="number">Above 0.</param>
    /// <param name="time">When it was made.</param>
    /// <param name="forks">How often the chain has forked at or below it.</param>
    /// <param name="transactionIds">What is in it.</param>
    public static Bytes32 Compute(Bytes32 genesis, long number, DateTimeOffset time, int forks, IEnumerable<Bytes32> transactionIds)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[20];
        BinaryPrimitives.WriteInt64BigEndian(head, number);
        BinaryPrimitives.WriteInt64BigEndian(head[8..], time.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt32BigEndian(head[16..], forks);
        hash.AppendData(genesis.Span);
        hash.AppendData(head);
        foreach (var id in transactionIds)
        {
            hash.AppendData(id.Span);
        }

        Span<byte> block = stackalloc byte[Bytes32.Length];
        hash.GetHashAndReset(block);
        BinaryPrimitives.WriteInt64BigEndian(block, number);
        return new Bytes32(block);
    }
}
