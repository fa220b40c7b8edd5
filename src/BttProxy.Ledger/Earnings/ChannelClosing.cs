using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>A cooperative close on its way to the chain.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Epoch">That it ends.</param>
/// <param name="Final">What the relay has been paid in that epoch then.</param>
/// <param name="TransactionId">What closes it.</param>
/// <param name="Payload">As it is sent.</param>
/// <param name="ExpiresAt">In no block then, it never will be.</param>
public sealed record ChannelClosing(
    ChannelId ChannelId, ulong Epoch, TokenAmount Final, Bytes32 TransactionId, ReadOnlyMemory<byte> Payload, DateTimeOffset ExpiresAt);
