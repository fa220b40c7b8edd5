using System.Collections.Immutable;

namespace BttProxy.Protocol.Networks;

/// <summary>How to reach the chain: nodes of which more than half must say the same.</summary>
/// <param name="Nodes">1 to 16, better of different operators.</param>
public sealed record ChainDescription(ImmutableArray<ChainNode> Nodes)
{
    /// <summary>A TRON network: the main one, a test network, or a devnet's embedded node.</summary>
    public const string Tron = "tron";

    /// <summary>
    /// Services that find events by their topics (<c>eth_getLogs</c>), such as https://api.trongrid.io/jsonrpc; at most 16. They are
    /// needed only to find a wallet's channels on a new computer, and can hide some, never invent any: each one found is asked of the nodes.
    /// </summary>
    public ImmutableArray<Uri> JsonRpc { get; init; } = [];

    /// <summary>The block that deployed the contract; no event of it is looked for below. Default: 0.</summary>
    public long StartBlock { get; init; }
}
