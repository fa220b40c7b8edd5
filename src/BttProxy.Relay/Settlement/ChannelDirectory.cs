using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Protocol.Relays;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>
/// Finds a session's channel on the chain, or has it opened there with the payer's authorisation. Only what is final counts; what is on
/// its way is told to the client, who asks again.
/// </summary>
internal sealed partial class ChannelDirectory(
    IChannelChain chain, VoucherPolicy policy, ChainWatch watch, ChannelOpenings openings,
    OpeningFees fees, ILogger<ChannelDirectory> logger)
{
    /// <param name="request">Checked as far as that is possible without the chain.</param>
    /// <param name="agreed">The record of ours whose terms the client agreed to.</param>
    /// <param name="accepted">The channel's best voucher so far.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ChannelFinding> FindOrOpenAsync(
        OpenSession request, RelayRecord agreed, TokenAmount accepted, CancellationToken cancellationToken)
    {
        try
        {
            var id = request.Terms.Id(policy.Domain);
            var found = await chain.ChannelAsync(id, cancellationToken);
            watch.Seen();
            if (request.Authorization is { } authorization && authorization.Amount > (found?.Reserved ?? TokenAmount.Zero))
            {
                var head = await chain.HeadAsync(cancellationToken);
                var refusal = OpeningRules.Check(
                    request, found, policy.Domain, agreed.MinimumDeposit, head.Timestamp, chain.TransactionLifetime);
                if (refusal != SessionRejection.Accepted)
                {
                    return ChannelFinding.Refused(refusal);
                }

                (var fee, refusal) = await fees.CheckAsync(request, agreed.OpenFee, id, found, accepted, cancellationToken);
                if (refusal != SessionRejection.Accepted)
                {
                    return ChannelFinding.Refused(refusal);
                }

                var (pending, rejection) = await openings.AdvanceAsync(
                    request.Terms, authorization, id, () => fees.KeepAsync(fee), cancellationToken);
                if (rejection != SessionRejection.Accepted)
                {
                    return ChannelFinding.Refused(rejection);
                }

                if (pending is not null && !CanBegin(agreed, found, fee?.Voucher.Voucher.Cumulative ?? accepted))
                {
                    return ChannelFinding.WaitsFor(pending);
                }

                // Read back: only what the chain confirms counts.
                found = await chain.ChannelAsync(id, cancellationToken);
            }

            return Judge(found, agreed, request.Proof.Epoch);
        }
        catch (ChainException e)
        {
            LogChainFailed(e.Message);
            return ChannelFinding.Refused(SessionRejection.ChainUnavailable);
        }
    }

    /// <summary>A top-up is not waited for while what is left pays for two windows of the largest size.</summary>
    private static bool CanBegin(RelayRecord agreed, ChainChannel? channel, TokenAmount signed) =>
        channel is not null && channel.Reserved.SubtractSaturating(TokenAmount.Max(signed, channel.Claimed))
            >= agreed.Price.Owed(new ByteCount(2 * agreed.WindowCeiling.Value));

    private static ChannelFinding Judge(ChainChannel? channel, RelayRecord agreed, ulong epoch)
    {
        if (channel is null)
        {
            return ChannelFinding.Refused(SessionRejection.UnknownChannel);
        }

        var refusal = channel.Epoch != epoch ? SessionRejection.WrongEpoch
            : channel.Reserved == TokenAmount.Zero ? SessionRejection.UnknownChannel
            : channel.WithdrawAt is not null ? SessionRejection.WithdrawPending
            : channel.Reserved < agreed.MinimumDeposit ? SessionRejection.BelowMinimumDeposit
            : SessionRejection.Accepted;
        return refusal == SessionRejection.Accepted
            ? ChannelFinding.Found(new OnChainState(channel.Epoch, channel.Reserved, channel.Claimed, channel.WithdrawAt))
            : ChannelFinding.Refused(refusal);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A channel could not be read or opened on the chain: {Reason}")]
    private partial void LogChainFailed(string reason);
}
