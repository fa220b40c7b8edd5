using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>What a contract may learn about the block it runs in.</summary>
internal sealed record TvmBlock
{
    public long Number { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public long Timestamp { get; init; }

    /// <summary>The last four bytes of the genesis block's id (proposal 71).</summary>
    public long ChainId { get; init; }

    public TronAddress Coinbase { get; init; }

    /// <summary>Sun per unit of energy: what BASEFEE gives. Default: mainnet's since August 2025.</summary>
    public long EnergyPrice { get; init; } = 100;

    /// <summary>Ids of earlier blocks by number; without it BLOCKHASH gives zero.</summary>
    public Func<long, Bytes32>? BlockHash { get; init; }
}
