using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>A channel worth claiming, with no claim under way.</summary>
/// <param name="Id">The channel.</param>
/// <param name="Value">Accepted and not yet claimed; above zero.</param>
/// <param name="AcceptedAt">When its best voucher came.</param>
/// <param name="WithdrawAt">Unix seconds from which the payer may take it back; null when not asked for.</param>
/// <param name="Payer">Who owes it.</param>
/// <param name="EndedAt">When its last session ended; null while one is open.</param>
public sealed record UnclaimedChannel(
    ChannelId Id, TokenAmount Value, DateTimeOffset AcceptedAt, ulong? WithdrawAt, TronAddress Payer, DateTimeOffset? EndedAt = null);
