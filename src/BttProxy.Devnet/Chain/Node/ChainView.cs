using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node.Wire;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>The chain up to one block: the newest, or the newest that cannot be undone. Valid while the chain is locked.</summary>
internal sealed class ChainView(ChainHistory history, long number, long solidNumber, DateTimeOffset time, TvmState state)
{
    public long Number => number;

    /// <summary>The newest block that cannot be undone.</summary>
    public long SolidNumber => solidNumber;

    public DateTimeOffset Time => time;

    public TvmState State => state;

    /// <summary>What contracts see of the next block.</summary>
    public TvmBlock NextBlock => history.BlockFor(number + 1, time);

    public Bytes32 BlockId(long block) => history.BlockId(block);

    /// <summary>Null when it is in no block up to this one.</summary>
    public TransactionInfo? Find(Bytes32 transactionId) => history.Find(transactionId) is { } info && info.BlockNumber <= number ? info : null;

    public IEnumerable<TransactionInfo> InfosOf(long block) => block <= number && history.Block(block) is { } found ? found.Transactions.Select(static included => included.Info) : [];
}
