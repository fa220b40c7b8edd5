using Google.Protobuf;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>A line of the journal: a block with its transactions; or, without any, that the chain forked at this number.</summary>
internal sealed record BlockEntry(long Number, DateTimeOffset Time, EntryTransaction[] Transactions)
{
    public bool IsFork => Transactions.Length == 0;

    public static BlockEntry Of(ChainBlock block) => new(
        block.Number, block.Time,
        [.. block.Transactions.Select(static included => new EntryTransaction(included.Transaction.Message.ToByteArray(), included.MostEnergy))]);
}

internal sealed record EntryTransaction(byte[] Encoded, long MostEnergy);
