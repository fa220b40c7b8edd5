using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Sessions;

namespace BttProxy.Relay.Operations;

/// <summary>The relay's channels, by what is at stake.</summary>
internal sealed class ChannelLister(RelayLedger ledger, SessionRegistry sessions, SessionSaver saver)
{
    // Payers can open as many channels as they pay for.
    private const int MaxRows = 10_000;

    public async Task<ChannelsReport> ListAsync(ChannelsQuery query, CancellationToken cancellationToken)
    {
        foreach (var session in sessions.All)
        {
            await saver.SaveAsync(session);
        }

        var channels = await ledger.ChannelSummariesAsync(cancellationToken);
        var shown = query.All ? channels : channels.FindAll(IsOfInterest);
        var rows = shown
            .OrderByDescending(static channel => channel.Unclaimed)
            .ThenByDescending(static channel => channel.Debt)
            .ThenByDescending(static channel => channel.AcceptedAt)
            .Take(MaxRows)
            .Select(channel => ChannelRow.Of(channel, sessions.Find(channel.Id) is not null));
        return new ChannelsReport([.. rows], channels.Count - shown.Count, Math.Max(0, shown.Count - MaxRows));
    }

    /// <summary>Neither closed nor empty, or there is something to get.</summary>
    private bool IsOfInterest(ChannelSummary channel) =>
        channel.Unclaimed > TokenAmount.Zero
        || channel.Debt > TokenAmount.Zero
        || channel.Claim is { IsUnderWay: true }
        || sessions.Find(channel.Id) is not null
        || (channel.OnChain.Reserved > TokenAmount.Zero && channel.Accepted > TokenAmount.Zero);
}
