using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>A channel's best voucher that is worth more than what is claimed, whether or not a claim is under way.</summary>
/// <param name="Terms">The channel.</param>
/// <param name="Voucher">Of the current epoch.</param>
/// <param name="Claimed">Paid out in this epoch.</param>
public sealed record UnclaimedVoucher(ChannelTerms Terms, SignedVoucher Voucher, TokenAmount Claimed);
