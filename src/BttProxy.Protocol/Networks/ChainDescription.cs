using System.Collections.Immutable;

namespace BttProxy.Protocol.Networks;

/// <summary>How to reach the chain: nodes of which more than half must say the same.</summary>
/// <param name="Nodes">1 to 16, better of different operators.</param>
public sealed record ChainDescription(ImmutableArray<ChainNode> Nodes)
{
    /// <summary>A TRON network: the main one, a test network, or a devnet's embedded node.</summary>
    public const string Tron = "tron";
}
