using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Settlement;

/// <summary>Turns vouchers into money: looks at the triggers, fills the outbox, sends it, backs off when the chain fails.</summary>
internal sealed partial class SettlementWorker(
    RelayLedger ledger, ClaimOutbox outbox, SettlementSignal signal, SettlementOptions options, TimeProvider time,
    ILogger<SettlementWorker> logger) : BackgroundService
{
    private readonly ClaimTriggers _triggers = new(options.ClaimValue, options.ClaimAge);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<ChannelId> _closed = [];
    private readonly ClaimBackoff _backoff = new(options.RetryDelay, options.ClaimAge, time);

    /// <summary>Claims everything that is worth anything, for a relay that stops.</summary>
    /// <returns>False when something is left; it stays in the outbox for the next start.</returns>
    public async Task<bool> ClaimAllAsync(CancellationToken cancellationToken) => await TryRunAsync(everything: true, cancellationToken);

    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        var resume = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            failures = await TryRunAsync(everything: false, stoppingToken, resume) ? 0 : failures + 1;
            resume = false;
            await WaitAsync(failures == 0 ? options.CheckInterval : _backoff.Delay(failures), failures == 0, stoppingToken);
        }
    }

    private async Task<bool> TryRunAsync(bool everything, CancellationToken cancellationToken, bool resendNow = false)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (signal.Closed.TryRead(out var channel))
            {
                _closed.Add(channel);
            }

            var unclaimed = await ledger.UnclaimedAsync(cancellationToken);
            var chosen = _triggers.Choose(unclaimed.Where(c => everything || _backoff.MayTry(c.Id)), _closed, everything, time.GetUtcNow());
            await ledger.QueueClaimsAsync(chosen, cancellationToken);
            var refused = await outbox.FlushAsync(resendNow || everything, cancellationToken);
            _backoff.Refused(refused);
            _closed.Clear();
            return refused.Count == 0;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e.Message);
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    // A closed session wakes the worker early, but not while the chain is failing.
    private async Task WaitAsync(TimeSpan delay, bool wake, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tick = Task.Delay(delay, time, timeout.Token);
        await (wake ? Task.WhenAny(tick, signal.Closed.WaitToReadAsync(timeout.Token).AsTask()) : Task.WhenAny(tick));
        await timeout.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Claims wait because the chain or the ledger failed: {Reason}")]
    private partial void LogFailed(string reason);
}
