using BttProxy.Protocol.Channels;

namespace BttProxy.Tron;

/// <summary>One channel's voucher in a claim. The terms go along because the contract keeps only their hash.</summary>
public sealed record ClaimRow(ChannelTerms Terms, SignedVoucher Voucher);
