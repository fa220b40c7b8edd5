using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Payments;

namespace BttProxy.Relay.Sessions;

/// <summary>Vouchers that come with a request for a session, before there is one.</summary>
internal sealed class OfferedVouchers(VoucherPolicy policy, RelayLedger ledger, Exposure exposure)
{
    /// <summary>The channel's signer signed it, for this epoch.</summary>
    public bool IsSigned(SignedVoucher voucher, ChannelId id, ulong epoch, TronAddress signer) =>
        voucher.Voucher.ChannelId == id
        && voucher.Voucher.Epoch == epoch
        && voucher.Recover(policy.Domain, out var found) == SignatureVerdict.Valid
        && found == signer;

    /// <summary>
    /// A client may hold a voucher that we never received or lost with a disk; taking it now keeps its next one from being "too high".
    /// </summary>
    /// <param name="known">The channel.</param>
    /// <param name="offered">From the client, unchecked; null when it has none.</param>
    /// <returns>The channel with the better voucher.</returns>
    public async Task<RelayChannel> TakeAsync(RelayChannel known, SignedVoucher? offered)
    {
        if (offered is not { } voucher
            || voucher.Voucher.Cumulative <= known.Accepted
            || voucher.Voucher.Cumulative > known.OnChain.Reserved
            || !IsSigned(voucher, known.Id, known.OnChain.Epoch, known.Terms.Signer))
        {
            return known;
        }

        var acceptance = await ledger.AcceptVoucherAsync(voucher, null, CancellationToken.None);
        if (acceptance.Outcome != AcceptOutcome.Accepted)
        {
            return known;
        }

        var caughtUp = voucher.Voucher.Cumulative - known.Accepted;
        exposure.Accepted(known.Terms.Payer, caughtUp);
        // A fee for the channel's opening pays no bytes.
        var fee = await ledger.FindOpeningFeeAsync(known.Id, CancellationToken.None);
        var paid = fee?.Voucher == voucher ? fee.Base.SubtractSaturating(known.Accepted) : caughtUp;
        return known with { Best = voucher, Debt = known.Debt.SubtractSaturating(paid) };
    }
}
