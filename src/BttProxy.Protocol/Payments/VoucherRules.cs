using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>
/// What a relay checks for each voucher, cheap things first, in the order of <see cref="VoucherRejection"/>. The first
/// check (size and canonical form) is <see cref="MessageCodec"/>'s; the rest is here. Decides only: nothing is stored.
/// </summary>
public static class VoucherRules
{
    /// <summary>Recovers a voucher's signer: the one expensive check, a parameter so that it can be timed or run apart.</summary>
    public delegate SignatureVerdict SignerRecovery(SignedVoucher voucher, ChannelDomain domain, out TronAddress signer);

    public static VoucherOutcome Check(VoucherCheckState state, SignedVoucher signed) =>
        Check(state, signed, static (SignedVoucher voucher, ChannelDomain domain, out TronAddress signer) =>
            voucher.Recover(domain, out signer));

    public static VoucherOutcome Check(VoucherCheckState state, SignedVoucher signed, SignerRecovery recover)
    {
        var voucher = signed.Voucher;
        if (state.TooManyInvalid)
        {
            return VoucherOutcome.Reject(VoucherRejection.TooManyInvalid);
        }

        if (state.Channel is not { } channel || voucher.ChannelId != channel.Id)
        {
            return VoucherOutcome.Reject(VoucherRejection.UnknownChannel);
        }

        // Only here is a good signature not asked for again: these very bytes have passed already.
        if (channel.IsHeldHere && voucher.Epoch == channel.Epoch && signed == channel.Last)
        {
            return new VoucherOutcome(
                VoucherOutcomeKind.Repeated, VoucherRejection.Accepted, SignatureVerdict.Valid,
                state.Account.PaidBytes(voucher.Cumulative));
        }

        var refusal = CheckAmount(state, channel, voucher);
        if (refusal != VoucherRejection.Accepted)
        {
            return VoucherOutcome.Reject(refusal);
        }

        var verdict = recover(signed, state.Policy.Domain, out var signer);
        if (verdict != SignatureVerdict.Valid)
        {
            return VoucherOutcome.Reject(VoucherRejection.BadSignature) with { Signature = verdict };
        }

        refusal = CheckParties(state, channel, signer);
        return refusal == VoucherRejection.Accepted
            ? CheckCredit(state, channel, voucher)
            : VoucherOutcome.Reject(refusal);
    }

    /// <summary>
    /// Whether a refusal proves that the sender misbehaved, so that it counts against the rate of invalid messages. The
    /// others can happen to an honest client whose view is behind.
    /// </summary>
    public static bool ProvesMisbehaviour(VoucherRejection code) =>
        code is VoucherRejection.Malformed or VoucherRejection.BadSignature or VoucherRejection.WrongSigner;

    private static VoucherRejection CheckAmount(VoucherCheckState state, ChannelView channel, Voucher voucher)
    {
        if (!channel.IsHeldHere)
        {
            return VoucherRejection.HeldByAnotherWriter;
        }

        if (voucher.Epoch != channel.Epoch)
        {
            return VoucherRejection.WrongEpoch;
        }

        if (voucher.Cumulative <= (channel.Last?.Voucher.Cumulative ?? TokenAmount.Zero))
        {
            return VoucherRejection.NotAboveLast;
        }

        if (voucher.Cumulative < channel.Claimed)
        {
            return VoucherRejection.BelowClaimed;
        }

        if (voucher.Cumulative > channel.Reserved)
        {
            return VoucherRejection.AboveReserved;
        }

        return CheckCoverage(state, voucher.Cumulative);
    }

    private static VoucherRejection CheckCoverage(VoucherCheckState state, TokenAmount cumulative)
    {
        var credit = state.Credit;
        // Forgiven bytes count here: what a relay gave up for lost may have arrived, and an honest client pays for it.
        if (cumulative > state.Account.CumulativeFor(credit.Delivered.AddSaturating(credit.Size)))
        {
            return VoucherRejection.AheadOfDelivery;
        }

        var unpaid = (credit.Delivered - credit.Forgiven).SubtractSaturating(state.Account.PaidBytes(cumulative));
        return cumulative < state.Account.Floor || unpaid > credit.Size
            ? VoucherRejection.DoesNotCoverDelivery
            : VoucherRejection.Accepted;
    }

    private static VoucherRejection CheckParties(VoucherCheckState state, ChannelView channel, TronAddress signer)
    {
        var (policy, terms) = (state.Policy, channel.Terms);
        return signer != terms.Signer ? VoucherRejection.WrongSigner
            : channel.SignerExpiresAt <= state.UnixSeconds ? VoucherRejection.SignerExpired
            : channel.Domain != policy.Domain ? VoucherRejection.WrongDomain
            : terms.Id(policy.Domain) != channel.Id ? VoucherRejection.WrongChannelId
            : terms.Token != policy.Token ? VoucherRejection.WrongToken
            : terms.Payee != policy.Payee ? VoucherRejection.WrongPayee
            : terms.PayeeAuthorizer != policy.PayeeAuthorizer ? VoucherRejection.WrongAuthorizer
            : terms.WithdrawDelay < policy.MinWithdrawDelay || terms.WithdrawDelay > policy.MaxWithdrawDelay
                ? VoucherRejection.WithdrawDelayOutOfRange
            : VoucherRejection.Accepted;
    }

    // The last three end credit, but money for bytes already delivered is taken all the same.
    private static VoucherOutcome CheckCredit(VoucherCheckState state, ChannelView channel, Voucher voucher)
    {
        var (policy, credit) = (state.Policy, state.Credit);
        var added = voucher.Cumulative.SubtractSaturating(channel.Accepted);
        var refusal = channel.WithdrawPending ? VoucherRejection.WithdrawPending
            : Exceeds(state.UnclaimedOfPayer, added, policy.MaxUnclaimedPerPayer)
                || Exceeds(state.UnclaimedTotal, added, policy.MaxUnclaimedTotal) ? VoucherRejection.ExposureExceeded
            : !state.IsChainViewFresh ? VoucherRejection.ChainViewStale
            : VoucherRejection.Accepted;
        if (refusal != VoucherRejection.Accepted
            && voucher.Cumulative > state.Account.CumulativeFor(credit.Delivered - credit.Forgiven))
        {
            return VoucherOutcome.Reject(refusal);
        }

        var kind = refusal == VoucherRejection.Accepted ? VoucherOutcomeKind.Accepted : VoucherOutcomeKind.AcceptedWithoutCredit;
        return new VoucherOutcome(kind, refusal, SignatureVerdict.Valid, state.Account.PaidBytes(voucher.Cumulative));
    }

    private static bool Exceeds(TokenAmount before, TokenAmount added, TokenAmount limit) =>
        before > limit || added > limit.SubtractSaturating(before);
}
