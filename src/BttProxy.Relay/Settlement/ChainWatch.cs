using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Sessions;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>
/// Keeps the view of the chain recent: is it reachable, and has a payer of a live session asked for its money back. With an old view no new
/// credit is given, because a withdraw could have been asked for unseen.
/// </summary>
internal sealed partial class ChainWatch(
    IChannelChain chain, RelayLedger ledger, SessionRegistry sessions, SettlementOptions options, SettlementSignal settlement,
    TimeProvider time, ILogger<ChainWatch> logger) : WatchedLoop(RelayLoop.ChainWatch, options.ChainCheckInterval, time)
{
    private long _lastSeen = time.GetTimestamp();
    private volatile bool _seen;

    /// <summary>The chain answered within the configured time.</summary>
    public bool IsFresh => _seen && Time.GetElapsedTime(Volatile.Read(ref _lastSeen)) < options.MaxChainViewAge;

    /// <summary>The chain has just answered somebody.</summary>
    public void Seen()
    {
        Volatile.Write(ref _lastSeen, Time.GetTimestamp());
        _seen = true;
    }

    /// <summary>One look at the chain and at the channels of all live sessions.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await chain.HeadAsync(cancellationToken);
            Seen();
            foreach (var session in sessions.All)
            {
                Turn();
                await RefreshAsync(session, cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnreachable(e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.ChainCheckInterval, Time);
        do
        {
            Turn();
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RefreshAsync(RelaySession session, CancellationToken cancellationToken)
    {
        if (await chain.ChannelAsync(session.Channel.Id, cancellationToken) is not { } now)
        {
            return;
        }

        // A withdraw counts as soon as it is seen, though its block may still be undone: what is sold meanwhile would be at risk.
        var newest = await chain.PendingChannelAsync(session.Channel.Id, cancellationToken);
        var withdraws = now.WithdrawAt is not null || (newest?.WithdrawAt is not null && newest.Epoch == now.Epoch);
        await session.Writer.WaitAsync(cancellationToken);
        try
        {
            var view = new OnChainState(now.Epoch, now.Reserved, now.Claimed, now.WithdrawAt);
            await ledger.SaveChannelAsync(session.Channel.Id, session.Channel.Terms, view, cancellationToken);
            if (now.Epoch != session.Channel.Epoch)
            {
                session.Close();
                return;
            }

            if (withdraws && !session.Channel.WithdrawPending)
            {
                LogWithdraw(session.Id);
                settlement.SessionClosed(session.Channel.Id);
            }

            session.Refresh(session.Channel with { Reserved = now.Reserved, Claimed = now.Claimed, WithdrawPending = withdraws });
        }
        finally
        {
            session.Writer.Release();
        }
    }
}
