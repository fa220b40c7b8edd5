using System.Collections.Immutable;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>A block with transactions; empty ones are kept nowhere, they only let the clock run.</summary>
/// <param name="Number">Its place.</param>
/// <param name="Time">The contracts' clock.</param>
/// <param name="Transactions">In the order in which they were executed.</param>
internal sealed record ChainBlock(long Number, DateTimeOffset Time, ImmutableArray<IncludedTransaction> Transactions);
