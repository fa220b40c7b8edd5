using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>What a payer signed for having its channel opened or topped up, before that is final on chain.</summary>
/// <param name="Terms">The channel.</param>
/// <param name="Reserved">What the authorisation reserves: with that on chain the transaction was not in vain.</param>
/// <param name="Base">The channel's best voucher before; the fee is what is above it.</param>
/// <param name="Voucher">Covers base and fee; checked.</param>
/// <param name="Deadline">Unix time after which the chain does not take the authorisation any more.</param>
public sealed record OpeningFee(ChannelTerms Terms, TokenAmount Reserved, TokenAmount Base, SignedVoucher Voucher, ulong Deadline);
