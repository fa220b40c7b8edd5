using System.Collections.Immutable;
using BttProxy.Protocol.Keys;

namespace BttProxy.Tron;

/// <summary>A claim whose transaction id is fixed before it is sent, so that it can be stored first.</summary>
/// <param name="TransactionId">Under which <see cref="IChannelChain.ClaimStatusAsync"/> finds it.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Payload">What is sent.</param>
/// <param name="Energy">What it needs in the newest block.</param>
/// <param name="FeeLimit">Most sun that it may burn for energy.</param>
/// <param name="ExpiresAt">By the blocks' clock; in no block by then, it never will be.</param>
public sealed record PreparedClaim(
    Bytes32 TransactionId, ImmutableArray<ClaimRow> Rows, ReadOnlyMemory<byte> Payload, long Energy, long FeeLimit, DateTimeOffset ExpiresAt);
