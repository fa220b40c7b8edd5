using System.Collections.Immutable;

namespace BttProxy.Tron;

/// <summary>A claim whose transaction is fixed before it is submitted, so that it can be stored first.</summary>
/// <param name="Transaction">What is submitted.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Energy">What it needs in the newest block.</param>
/// <param name="FeeLimit">Most sun that it may burn for energy.</param>
public sealed record PreparedClaim(ChainTransaction Transaction, ImmutableArray<ClaimRow> Rows, long Energy, long FeeLimit);
