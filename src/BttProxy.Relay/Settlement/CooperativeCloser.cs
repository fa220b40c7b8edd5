using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Payments;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Sessions;
using BttProxy.Tron;
using BttProxy.Tron.Node;

namespace BttProxy.Relay.Settlement;

/// <summary>
/// Closes a channel on chain together with its client: the relay is paid the final amount and the payer gets the rest back at once.
/// Nothing is waited for; a close that comes to nothing leaves the vouchers to be claimed.
/// </summary>
internal sealed partial class CooperativeCloser(
    IChannelChain chain, RelayLedger ledger, Exposure exposure, SettlementSignal settlement, VoucherPolicy policy, RelayKeys keys,
    TimeProvider time, ILogger<CooperativeCloser> logger)
{
    /// <summary>Sends the close. False when the client's signature does not fit or the chain would not take it; the channel then stays open.</summary>
    public async Task<bool> CloseAsync(ChannelView channel, CloseAuthorization authorization, CancellationToken cancellationToken)
    {
        var close = new CooperativeClose(channel.Id, channel.Epoch, channel.Accepted, authorization.Deadline);
        var digest = close.Digest(policy.Domain);
        if (authorization.Deadline <= (ulong)time.GetUtcNow().ToUnixTimeSeconds()
            || Secp256k1.Recover(digest, authorization.Signature.Span, out var signer) != SignatureVerdict.Valid
            || signer != channel.Terms.Signer)
        {
            return false;
        }

        try
        {
            var proposal = await chain.PrepareCooperativeCloseAsync(
                channel.Terms, close, authorization.Signature, keys.Authorizer.Sign(digest), cancellationToken);
            if (proposal.Transaction is not { } transaction)
            {
                LogFailed(channel.Id, proposal.Rejection.ToString());
                return false;
            }

            var closing = new ChannelClosing(
                channel.Id, channel.Epoch, channel.Accepted, transaction.Id, transaction.Payload, transaction.Expiration);
            await ledger.BeginClosingAsync(closing, cancellationToken);
            await FollowAsync(closing, isNew: true, CancellationToken.None);
            return true;
        }
        catch (ChainException e)
        {
            // When it is stored already, it is followed all the same, and its vouchers wait for its end.
            LogFailed(channel.Id, e.Message);
            return false;
        }
    }

    /// <summary>Sends a close that the chain does not have, and writes down the end of one that has come to it.</summary>
    /// <exception cref="ChainException">The chain cannot be asked; it stays stored.</exception>
    public async Task FollowAsync(ChannelClosing closing, bool isNew, CancellationToken cancellationToken)
    {
        var transaction = new ChainTransaction(closing.TransactionId, closing.ExpiresAt, closing.Payload);
        if (isNew)
        {
            await chain.SubmitAsync(transaction, cancellationToken);
        }

        var progress = await chain.ProgressAsync(transaction, cancellationToken);
        switch (progress.Stage)
        {
            case TransactionStage.Final when progress.HasSucceeded:
                await EndAsync(closing);
                break;
            case TransactionStage.Final or TransactionStage.Expired:
                LogFailed(closing.ChannelId, progress.Receipt?.Rejection.ToString() ?? progress.Stage.ToString());
                await ledger.EndClosingAsync(closing, isDone: false, CancellationToken.None);
                settlement.SessionClosed(closing.ChannelId);
                break;
            case TransactionStage.Unknown when !isNew:
                // A fork undid its block, or it was stored and never sent.
                await chain.SubmitAsync(transaction, cancellationToken);
                break;
        }
    }

    private async Task EndAsync(ChannelClosing closing)
    {
        var known = await ledger.FindChannelAsync(closing.ChannelId, CancellationToken.None);
        if (await ledger.EndClosingAsync(closing, isDone: true, CancellationToken.None) && known is not null)
        {
            exposure.Claimed(known.Terms.Payer, closing.Final.SubtractSaturating(known.OnChain.Claimed));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {ChannelId} could not be closed on the chain, so its vouchers are claimed instead: {Reason}")]
    private partial void LogFailed(ChannelId channelId, string reason);
}
