using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node.Wire;

namespace BttProxy.Tron.Node;

/// <summary>A block, as far as anybody needs it.</summary>
/// <param name="Reference">Its id and number.</param>
/// <param name="Time">When it was made: the clock of deadlines and expirations.</param>
public sealed record TronHead(BlockReference Reference, DateTimeOffset Time)
{
    public long Number => Reference.Number;

    /// <exception cref="ChainException">The answer cannot be.</exception>
    internal static TronHead Read(BlockExtention block)
    {
        if (block is { BlockHeader.RawData: { Timestamp: >= 0 and <= Timestamps.Latest } header, Blockid.Length: Bytes32.Length }
            && new BlockReference(new Bytes32(block.Blockid.Span)) is var reference && reference.Number == header.Number)
        {
            return new TronHead(reference, DateTimeOffset.FromUnixTimeMilliseconds(header.Timestamp));
        }

        throw new ChainException("A TRON node answered nonsense about its newest block.", isTransient: true);
    }
}
