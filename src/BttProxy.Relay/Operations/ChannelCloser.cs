using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Sessions;

namespace BttProxy.Relay.Operations;

/// <summary>Ends the relay's side of a channel. Its best voucher stays in the books until the chain has paid it.</summary>
internal sealed class ChannelCloser(
    RelayLedger ledger, SessionRegistry sessions, SessionCloser closer, StripedLock<ChannelId> channelLocks, ClaimDesk claims)
{
    public async Task<SaleEnd> CloseAsync(CloseOrder order, CancellationToken cancellationToken)
    {
        var channel = ChannelNames.Find(await ledger.ChannelSummariesAsync(cancellationToken), order.Channel);
        if (channel.OnChain.Reserved == TokenAmount.Zero && channel.Unclaimed == TokenAmount.Zero)
        {
            throw new OperationException($"Channel {channel.Id} is closed on the chain already.", RelayExitCode.BadConfiguration);
        }

        var session = await StopSellingAsync(channel.Id, cancellationToken);
        // Only now is the best voucher the last one.
        var progress = await claims.ClaimAsync(new ClaimOrder([channel.Id.ToString()], All: false), cancellationToken);
        var last = await ledger.FindChannelAsync(channel.Id, cancellationToken);
        var owed = TokenAmount.Max(last!.Accepted, last.OnChain.Claimed);
        return new SaleEnd(channel.Id, channel.Payer, session is not null, last.OnChain.Reserved.SubtractSaturating(owed), progress);
    }

    private async Task<RelaySession?> StopSellingAsync(ChannelId id, CancellationToken cancellationToken)
    {
        using (await channelLocks.EnterAsync(id, cancellationToken))
        {
            // Written down first: whoever opens a session after this finds the channel closed.
            await ledger.BeginClosingAsync(id, cancellationToken);
            var session = sessions.Find(id);
            if (session is not null)
            {
                await closer.CloseAsync(session, CancellationToken.None);
            }

            return session;
        }
    }
}
