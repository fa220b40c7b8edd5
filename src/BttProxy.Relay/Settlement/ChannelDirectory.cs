using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Sessions;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>Finds a session's channel on the chain, or opens it there with the payer's authorisation.</summary>
internal sealed partial class ChannelDirectory(
    IChannelChain chain, VoucherPolicy policy, OfferOptions offer, ChainWatch watch, TimeProvider time, ILogger<ChannelDirectory> logger)
{
    /// <summary>The chain's view of the channel, or why the relay cannot use it.</summary>
    public async Task<(OnChainState? Channel, SessionRejection Rejection)> FindOrOpenAsync(
        OpenSession request, CancellationToken cancellationToken)
    {
        try
        {
            var id = request.Terms.Id(policy.Domain);
            var found = await chain.ChannelAsync(id, cancellationToken);
            watch.Seen();
            if (request.Authorization is { } authorization && Raises(authorization, found))
            {
                var refusal = SessionRequestRules.CheckAuthorization(authorization, request.Terms, id, policy.Domain, Now);
                if (refusal != SessionRejection.Accepted)
                {
                    return (null, refusal);
                }

                var receipt = await chain.OpenChannelAsync(
                    request.Terms, authorization.ToOpenChannel(id), authorization.Signature, cancellationToken);
                if (receipt.Rejection is ContractRejection.InsufficientDeposit)
                {
                    return (null, SessionRejection.DepositMissing);
                }

                // Read back: only what the chain confirms counts, and another request may have opened the channel before this one.
                found = await chain.ChannelAsync(id, cancellationToken);
            }

            return Judge(found, request.Proof.Epoch);
        }
        catch (ChainException e)
        {
            LogChainFailed(e.Message);
            return (null, SessionRejection.ChainUnavailable);
        }
    }

    /// <summary>The authorisation opens the channel, or tops it up. One that was submitted before raises nothing.</summary>
    private static bool Raises(OpenAuthorization authorization, ChainChannel? channel) =>
        channel is null || authorization.Amount > channel.Reserved;

    private (OnChainState? Channel, SessionRejection Rejection) Judge(ChainChannel? channel, ulong epoch)
    {
        if (channel is null)
        {
            return (null, SessionRejection.UnknownChannel);
        }

        var refusal = channel.Epoch != epoch ? SessionRejection.WrongEpoch
            : channel.Reserved == TokenAmount.Zero ? SessionRejection.UnknownChannel
            : channel.WithdrawAt is not null ? SessionRejection.WithdrawPending
            : channel.Reserved < offer.MinimumDeposit ? SessionRejection.BelowMinimumDeposit
            : SessionRejection.Accepted;
        return refusal == SessionRejection.Accepted
            ? (new OnChainState(channel.Epoch, channel.Reserved, channel.Claimed, channel.WithdrawAt), refusal)
            : (null, refusal);
    }

    private ulong Now => (ulong)time.GetUtcNow().ToUnixTimeSeconds();

    [LoggerMessage(Level = LogLevel.Warning, Message = "A channel could not be read or opened on the chain: {Reason}")]
    private partial void LogChainFailed(string reason);
}
