using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron;

/// <summary>What the contract's event log says about one row.</summary>
/// <param name="ChannelId">The channel that the row's terms name.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Paid">Paid to the payee by this row.</param>
/// <param name="ClaimedTotal">The channel's claimed amount afterwards, in its current epoch.</param>
public sealed record ClaimRowResult(ChannelId ChannelId, ClaimOutcome Outcome, TokenAmount Paid, TokenAmount ClaimedTotal);
