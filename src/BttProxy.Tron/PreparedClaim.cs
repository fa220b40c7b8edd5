using System.Collections.Immutable;
using BttProxy.Protocol.Keys;

namespace BttProxy.Tron;

/// <summary>A claim whose transaction id is fixed before it is sent, so that it can be stored first.</summary>
/// <param name="TransactionId">Under which <see cref="IChannelChain.ReceiptAsync"/> finds it.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Payload">What is sent.</param>
public sealed record PreparedClaim(Bytes32 TransactionId, ImmutableArray<ClaimRow> Rows, ReadOnlyMemory<byte> Payload);
