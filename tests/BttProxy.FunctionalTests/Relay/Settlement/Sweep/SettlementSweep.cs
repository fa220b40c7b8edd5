using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using BttProxy.Devnet.Chain;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.FunctionalTests.Relay.Settlement.Sweep;

/// <summary>
/// Kills a relay's settlement at one point after the other, each time on fresh channels, starts it again, and counts on the chain how often each
/// channel was paid.
/// </summary>
internal sealed class SettlementSweep : IAsyncDisposable
{
    private static readonly TokenAmount[] Vouchers = [new(101), new(202), new(303)];

    private readonly SettlementWorld _world;
    private readonly Func<string, int, Process> _start;

    private SettlementSweep(SettlementWorld world, Func<string, int, Process> start) => (_world, _start) = (world, start);

    /// <param name="start">Starts a <see cref="ClaimingProcess"/> on a directory, to be killed at a point; at none with 0.</param>
    /// <param name="blockTime">Zero: every transaction is final at once.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<SettlementSweep> StartAsync(
        Func<string, int, Process> start, TimeSpan blockTime, CancellationToken cancellationToken) =>
        new(await SettlementWorld.StartAsync(blockTime, DevnetChain.Gift, cancellationToken), start);

    /// <summary>Trials until there is no such point any more: the last one is not killed.</summary>
    /// <param name="fault">What the chain does besides.</param>
    /// <param name="step">1 takes each point, 3 each third one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<SweepTrial> RunAsync(
        SettlementFault fault, int step, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var killAt = step; ; killAt += step)
        {
            var trial = await TryAsync(killAt, fault, cancellationToken);
            yield return trial;
            if (!trial.WasKilled)
            {
                yield break;
            }
        }
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private async Task<SweepTrial> TryAsync(int killAt, SettlementFault fault, CancellationToken cancellationToken)
    {
        var directory = _world.NewDirectory();
        var files = new ClaimingProcess(directory);
        var payee = new TronAddress(RandomNumberGenerator.GetBytes(TronAddress.Length));
        var first = await _world.SolidBlockAsync(cancellationToken);
        var rows = await Task.WhenAll(Vouchers.Select(amount => _world.OpenAsync(payee, amount, cancellationToken)));

        // One payer takes the money back: its claim goes alone.
        await _world.RequestWithdrawAsync(rows[^1].Terms, cancellationToken);
        await FillAsync(files, rows, cancellationToken);
        if (fault == SettlementFault.FrontRun)
        {
            await _world.ClaimAsStrangerAsync(rows[0], cancellationToken);
        }

        _world.Node.Faults.TransactionsToDrop = fault == SettlementFault.Dropped ? 1 : 0;
        _world.Node.Faults.TransactionsToStarve = fault == SettlementFault.Starved ? 1 : 0;
        var wasKilled = !await RunAsync(files, directory, killAt, cancellationToken);
        var isDone = !wasKilled || await RunAsync(files, directory, killAt: 0, cancellationToken);
        return new SweepTrial(
            killAt, wasKilled, isDone ? await ProblemAsync(files, rows, payee, first, cancellationToken) : "the restarted relay was killed");
    }

    private async Task<bool> RunAsync(ClaimingProcess files, string directory, int killAt, CancellationToken cancellationToken)
    {
        using var process = _start(directory, killAt);
        return await files.HasDoneItsWorkAsync(process, cancellationToken);
    }

    private async Task FillAsync(ClaimingProcess files, ClaimRow[] rows, CancellationToken cancellationToken)
    {
        await File.WriteAllBytesAsync(files.NetworkFile, _world.Network.ToJson(), cancellationToken);
        await File.WriteAllBytesAsync(files.KeyFile, _world.Relay.Export(), cancellationToken);
        await using var ledger = await RelayLedger.OpenAsync(files.LedgerFile, TimeProvider.System, null, cancellationToken);
        await _world.SaveAsync(ledger, rows, cancellationToken);
    }

    /// <summary>Judged by the chain's events and balances, and by a ledger that was opened again.</summary>
    private async Task<string?> ProblemAsync(
        ClaimingProcess files, ClaimRow[] rows, TronAddress payee, long firstBlock, CancellationToken cancellationToken)
    {
        var paid = await _world.PaymentsSinceAsync(firstBlock, cancellationToken);
        await using var ledger = await RelayLedger.OpenAsync(files.LedgerFile, TimeProvider.System, null, cancellationToken);
        foreach (var row in rows)
        {
            var (id, amount) = (row.Voucher.Voucher.ChannelId, row.Voucher.Voucher.Cumulative);
            var payments = paid.FindAll(payment => payment.ChannelId == id);
            if (payments is not [var only] || only.Paid != amount)
            {
                return $"channel {id} was paid {payments.Count} times";
            }

            var known = (await ledger.FindChannelAsync(id, cancellationToken))!;
            if (known.OnChain.Claimed != amount)
            {
                return $"the ledger knows {known.OnChain.Claimed} of {amount} of channel {id} as claimed";
            }
        }

        var expected = rows.Aggregate(TokenAmount.Zero, static (sum, row) => sum + row.Voucher.Voucher.Cumulative);
        var left = await ledger.UnfinishedTransactionsAsync(cancellationToken);
        return await _world.Chain.BalanceAsync(payee, cancellationToken) != expected ? "the payee's balance is wrong"
            : left.Count > 0 || (await ledger.ClaimsAsync(ClaimState.Queued, 10, cancellationToken)).Count > 0 ? "something is left in the outbox"
            : null;
    }
}
