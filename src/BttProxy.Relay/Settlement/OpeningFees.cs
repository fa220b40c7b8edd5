using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Sessions;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>
/// The fee for bringing an authorisation to the chain: a voucher above the channel's last one. It is kept before the transaction is sent and
/// counts when that is final; asked for again, or authorised anew because it expired, the same opening is not charged twice.
/// </summary>
internal sealed class OpeningFees(RelayLedger ledger, OfferedVouchers offered, IChannelChain chain)
{
    /// <summary>
    /// After the authorisation's deadline a transaction with it can still be in a block that is not final.
    /// </summary>
    private const ulong SettlingSeconds = 600;

    /// <summary>The fee that the request's last voucher covers: what has to be kept; null when nothing is charged, or with a refusal.</summary>
    /// <param name="request">With an authorisation.</param>
    /// <param name="asked">The fee that the client agreed to.</param>
    /// <param name="id">Of its channel.</param>
    /// <param name="found">As it is final on chain; null when it was never opened.</param>
    /// <param name="accepted">The channel's best voucher so far, in this epoch.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<(OpeningFee? Fee, SessionRejection Rejection)> CheckAsync(
        OpenSession request, TokenAmount asked, ChannelId id, ChainChannel? found, TokenAmount accepted, CancellationToken cancellationToken)
    {
        if (asked == TokenAmount.Zero)
        {
            return (null, SessionRejection.Accepted);
        }

        var authorization = request.Authorization!;
        var floor = accepted;
        if (await ledger.FindOpeningFeeAsync(id, cancellationToken) is { } kept && kept.Voucher.Voucher.Epoch == authorization.Epoch)
        {
            // A larger amount is another transaction, and another fee.
            var isSameOpening = kept.Reserved > (found?.Reserved ?? TokenAmount.Zero) && kept.Reserved >= authorization.Amount;
            floor = isSameOpening ? kept.Base : TokenAmount.Max(accepted, kept.Voucher.Voucher.Cumulative);

            // What was enough when it was sent stays enough, though the relay asks for more by now.
            asked = isSameOpening ? TokenAmount.Min(asked, kept.Voucher.Voucher.Cumulative - kept.Base) : asked;
        }

        return request.LastVoucher is { } last
            && last.Voucher.Cumulative >= floor
            && last.Voucher.Cumulative - floor >= asked
            && last.Voucher.Cumulative <= authorization.Amount
            && offered.IsSigned(last, id, authorization.Epoch, request.Terms.Signer)
            ? (new OpeningFee(request.Terms, authorization.Amount, floor, last, authorization.Deadline), SessionRejection.Accepted)
            : (null, SessionRejection.OpenFeeMissing);
    }

    /// <summary>Before the transaction is sent.</summary>
    public Task KeepAsync(OpeningFee? fee) =>
        fee is null ? Task.CompletedTask : ledger.SaveOpeningFeeAsync(fee, CancellationToken.None);

    /// <summary>Turns kept fees whose opening is final into vouchers, whether or not the client ever comes back, and forgets those in vain.</summary>
    /// <param name="step">Called before each.</param>
    /// <param name="cancellationToken">Cancels between two.</param>
    /// <exception cref="ChainException">Later ones were not looked at.</exception>
    public async Task CollectAsync(Action step, CancellationToken cancellationToken)
    {
        var fees = await ledger.OpeningFeesAsync(cancellationToken);
        if (fees.Count == 0)
        {
            return;
        }

        var now = (ulong)(await chain.HeadAsync(cancellationToken)).Timestamp.ToUnixTimeSeconds();
        foreach (var fee in fees)
        {
            step();
            await CollectAsync(fee, now, cancellationToken);
        }
    }

    private async Task CollectAsync(OpeningFee fee, ulong now, CancellationToken cancellationToken)
    {
        var voucher = fee.Voucher.Voucher;
        var found = await chain.ChannelAsync(voucher.ChannelId, cancellationToken);
        if (found is not null && found.Epoch == voucher.Epoch && found.Reserved >= fee.Reserved)
        {
            var state = new OnChainState(found.Epoch, found.Reserved, found.Claimed, found.WithdrawAt);
            await offered.TakeAsync(await ledger.SaveChannelAsync(voucher.ChannelId, fee.Terms, state, CancellationToken.None), fee.Voucher);
        }
        else if (now <= fee.Deadline + SettlingSeconds && !(found?.Epoch > voucher.Epoch))
        {
            return; // it may still come
        }

        await ledger.RemoveOpeningFeeAsync(fee, CancellationToken.None);
    }
}
