using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>Turns vouchers into money: looks at the triggers, fills the outbox, follows it, backs off when the chain fails.</summary>
internal sealed partial class SettlementWorker(
    IChannelChain chain, RelayLedger ledger, ClaimOutbox outbox, ClaimTriggers triggers, SettlementSignal signal, SettlementOptions options,
    SettlementMetrics metrics, TimeProvider time, ILogger<SettlementWorker> logger) : WatchedLoop(RelayLoop.Settlement, options.CheckInterval, time)
{
    // A TRON block: a claim under way is looked at as often as it can have changed.
    private static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    private volatile bool _isFailing;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<ChannelId> _closed = [];
    private readonly ClaimBackoff _backoff = new(options.RetryDelay, LongestPause, time);

    /// <summary>The chain or the ledger failed at the last look.</summary>
    public bool IsFailing => _isFailing;

    /// <summary>Claims whatever is worth its fee, and follows it until it is final; what is not by then goes on by itself.</summary>
    /// <returns>False when the chain failed or refused something.</returns>
    public Task<bool> ClaimAllAsync(CancellationToken cancellationToken) => ClaimAsync(everything: true, cancellationToken);

    /// <summary>The last claims of a relay that stops.</summary>
    public Task ClaimLastAsync(CancellationToken cancellationToken) =>
        ClaimAsync(options.ClaimOnSessionClose && options.TokensPerTrx is null, cancellationToken);

    /// <summary>What <see cref="ClaimAllAsync"/> would claim now.</summary>
    /// <exception cref="ChainException">Fees matter, and the chain cannot be asked for them.</exception>
    public async Task<IReadOnlyList<ClaimChoice>> WorthwhileAsync(CancellationToken cancellationToken)
    {
        var unclaimed = await ledger.UnclaimedAsync(cancellationToken);
        var costs = options.TokensPerTrx is null ? null : await CostsAsync(unclaimed.Count, cancellationToken);
        return triggers.Choose(unclaimed, new ClaimOccasion(Time.GetUtcNow(), new HashSet<ChannelId>(), costs, Everything: true));
    }

    /// <summary>Puts these channels into the outbox whatever their fees, and looks at the whole outbox once.</summary>
    /// <exception cref="ChainException">What is left goes on by itself, at the worker's next look or the relay's next start.</exception>
    public async Task ClaimAsync(IReadOnlyList<ChannelId> channels, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await ledger.QueueClaimsAsync(channels, cancellationToken);
            _backoff.Refused((await outbox.FlushAsync(cancellationToken)).Refused);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>One pass: what is worth a claim is queued, and everything under way is looked at.</summary>
    /// <returns>Null when the chain or the ledger failed.</returns>
    public async Task<OutboxPass?> TryPassAsync(bool everything, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (signal.Closed.TryRead(out var channel))
            {
                _closed.Add(channel);
            }

            var unclaimed = await ledger.UnclaimedAsync(cancellationToken);
            metrics.Unclaimed(unclaimed);
            var costs = await CostsAsync(unclaimed.Count, cancellationToken);
            var occasion = new ClaimOccasion(Time.GetUtcNow(), _closed, options.TokensPerTrx is null ? null : costs, everything);
            var chosen = triggers.Choose([.. unclaimed.Where(channel => everything || _backoff.MayTry(channel.Id))], occasion);
            await ledger.QueueClaimsAsync([.. chosen.Select(static choice => choice.Channel.Id)], cancellationToken);
            var pass = await outbox.FlushAsync(cancellationToken);
            _backoff.Refused(pass.Refused);
            _closed.RemoveWhere(_backoff.MayTry);
            metrics.Passed();
            return pass;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e.Message);
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            Turn();
            var pass = await TryPassAsync(everything: false, stoppingToken);
            _isFailing = pass is null;
            failures = pass is { Refused.Count: 0 } ? 0 : failures + 1;
            var delay = failures > 0 ? _backoff.Delay(failures) : options.CheckInterval;
            delay = pass is { Pending: > 0 } && delay > BlockTime ? BlockTime : delay;
            Turn(delay);
            await WaitAsync(delay, failures == 0, stoppingToken);
        }
    }

    private async Task<bool> ClaimAsync(bool everything, CancellationToken cancellationToken)
    {
        for (var pause = FirstLook; ; pause = pause * 2 < BlockTime ? pause * 2 : BlockTime)
        {
            if (await TryPassAsync(everything, cancellationToken) is not { Refused.Count: 0 } pass)
            {
                return false;
            }

            if (pass.Pending == 0)
            {
                return true;
            }

            await Task.Delay(pause, Time, cancellationToken);
        }
    }

    private async Task<ClaimCosts?> CostsAsync(int unclaimed, CancellationToken cancellationToken)
    {
        if (unclaimed == 0)
        {
            return null;
        }

        var account = await chain.SubmitterAsync(cancellationToken);
        metrics.Funds(account, unclaimed, options.MaxRowsPerClaim);
        return account.Costs;
    }

    // A closed session wakes the worker early, but not while the chain is failing.
    private async Task WaitAsync(TimeSpan delay, bool wake, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tick = Task.Delay(delay, Time, timeout.Token);
        await (wake ? Task.WhenAny(tick, signal.Closed.WaitToReadAsync(timeout.Token).AsTask()) : Task.WhenAny(tick));
        await timeout.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Claims wait because the chain or the ledger failed: {Reason}")]
    private partial void LogFailed(string reason);
}
