using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Payments;
using BttProxy.Relay.Hosting;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>
/// Closes a channel on chain together with its client: the relay is paid the final amount and the payer gets the rest back at once.
/// </summary>
internal sealed partial class CooperativeCloser(
    IChannelChain chain, RelayLedger ledger, VoucherPolicy policy, RelayKeys keys, TimeProvider time, ILogger<CooperativeCloser> logger)
{
    /// <summary>False when the client's signature does not fit or the chain did not take it; the channel then stays open.</summary>
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
            if (await chain.SendAsync(proposal, time, cancellationToken) is var rejection and not ContractRejection.None)
            {
                LogFailed(channel.Id, rejection.ToString());
                return false;
            }

            await ledger.CloseChannelAsync(channel.Id, channel.Epoch, channel.Accepted, CancellationToken.None);
            return true;
        }
        catch (ChainException e)
        {
            LogFailed(channel.Id, e.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {ChannelId} could not be closed on the chain, so its vouchers are claimed instead: {Reason}")]
    private partial void LogFailed(ChannelId channelId, string reason);
}
