using System.Collections.Immutable;
using BttProxy.Tron.JsonRpc;

namespace BttProxy.Tron.Node;

/// <summary>What transactions to the contract may cost, and how long they may take.</summary>
public sealed record TronChannelOptions
{
    /// <summary>Most sun for one transaction's energy; a call that needs more is not sent.</summary>
    public long MaxFeeLimit { get; init; } = 500_000_000;

    /// <summary>The fee limit is the simulated energy with this much on top, in percent: state may change until the block is made.</summary>
    public int EnergyMarginPercent { get; init; } = 30;

    /// <summary>After this a transaction that is in no block never will be.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Most blocks that are read one by one for a payer's channels: half an hour at ten blocks a second.</summary>
    public long MaxSearchedBlocks { get; init; } = 20_000;

    /// <summary>The block that deployed the contract: none below is searched.</summary>
    public long StartBlock { get; init; }

    /// <summary>Services that find events, for a payer's channels. They can hide some, never invent any.</summary>
    public ImmutableArray<Uri> JsonRpc { get; init; } = [];

    internal JsonRpcOptions JsonRpcRequests { get; init; } = new();
}
