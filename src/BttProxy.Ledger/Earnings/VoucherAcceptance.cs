using BttProxy.Protocol.Channels;

namespace BttProxy.Ledger.Earnings;

/// <param name="Outcome">What was done.</param>
/// <param name="Best">The channel's best voucher afterwards; null when it has none or is unknown.</param>
public readonly record struct VoucherAcceptance(AcceptOutcome Outcome, SignedVoucher? Best);
