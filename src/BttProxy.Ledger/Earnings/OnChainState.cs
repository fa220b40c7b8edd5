using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>What the chain says about a channel.</summary>
/// <param name="Epoch">Rises at each close.</param>
/// <param name="Reserved">The channel's total in this epoch.</param>
/// <param name="Claimed">Paid out in this epoch.</param>
/// <param name="WithdrawAt">Unix seconds from which the payer may take the rest back; null when not asked for.</param>
public sealed record OnChainState(ulong Epoch, TokenAmount Reserved, TokenAmount Claimed, ulong? WithdrawAt = null);
