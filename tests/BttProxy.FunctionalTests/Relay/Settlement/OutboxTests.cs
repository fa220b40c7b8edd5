using System.Diagnostics.Metrics;
using BttProxy.Devnet.Chain;
using BttProxy.FunctionalTests.Relay.Settlement.Sweep;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Sessions;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;
using BttProxy.Tron.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.Relay.Settlement;

/// <summary>Settlement on a chain that does what chains do: blocks are undone, strangers claim, payers close, and fees cannot be paid.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private static readonly TronAddress Payee = new([.. Enumerable.Repeat((byte)9, TronAddress.Length)]);
    private static readonly TokenAmount Amount = new(300);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SettlementOptions _options = new() { ClaimValue = new TokenAmount(1) };
    private readonly Exposure _exposure = new();
    private SettlementWorld _world = null!;
    private TronChannelChain _chain = null!;
    private RelayLedger _ledger = null!;
    private SettlementMetrics _metrics = null!;
    private ClaimOutbox _outbox = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public ValueTask InitializeAsync() => StartAsync(TimeSpan.Zero, DevnetChain.Gift);

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _chain.Dispose();
        await _world.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task BlockThatIsUndone_TheSameTransactionIsSentAgain()
    {
        await RestartAsync(TimeSpan.FromMilliseconds(400), DevnetChain.Gift);
        var row = await OpenAsync();
        await _ledger.QueueClaimsAsync([row.Voucher.Voucher.ChannelId], Token);
        var included = await FlushUntilAsync(ClaimTransactionState.Included);

        await _world.Node.ForkAsync(4, isKept: false, Token);
        var again = await FlushUntilAsync(ClaimTransactionState.Included, ClaimTransactionState.Broadcast);
        Assert.Equal(included.Id, again.Id);
        while ((await _outbox.FlushAsync(Token)).Pending > 0)
        {
            await Task.Delay(50, Token);
        }

        Assert.Equal(Amount, await _chain.BalanceAsync(Payee, Token));
        Assert.Equal(Amount, (await FindAsync(row)).OnChain.Claimed);
        Assert.Single(await _world.PaymentsSinceAsync(0, Token));
    }

    [Fact]
    public async Task ClaimedByAStranger_IsTakenOverWithoutATransaction()
    {
        var row = await OpenAsync();
        await _world.ClaimAsStrangerAsync(row, Token);
        await _ledger.QueueClaimsAsync([row.Voucher.Voucher.ChannelId], Token);

        Assert.Equal((0, 0), await CountsAsync());

        Assert.Equal(Amount, (await FindAsync(row)).OnChain.Claimed);
        Assert.Equal(0, (await _ledger.TotalsAsync(Token)).Fees);
        Assert.Single(await _ledger.ClaimsAsync(ClaimState.Settled, 10, Token));
    }

    [Fact]
    public async Task ClosedWithoutTheRelay_IsFoundByComparingTheLedger_AndCountsAsLost()
    {
        var row = await OpenAsync();
        await _world.CloseAsync(row.Terms, new TokenAmount(100), Token);

        var report = await Reconciler().RunOnceAsync(Token);

        Assert.Equal(new ReconcileReport(1, 0, Closed: 1, 0), report);
        var totals = await _ledger.TotalsAsync(Token);
        Assert.Equal((Amount, TokenAmount.Zero), (totals.Lost + totals.Claimed, totals.Unclaimed));
    }

    [Fact]
    public async Task WithdrawWithoutASession_IsFoundAndClaimed()
    {
        var row = await OpenAsync();
        await _world.RequestWithdrawAsync(row.Terms, Token);
        var signal = new SettlementSignal();

        await Reconciler(signal).RunOnceAsync(Token);

        Assert.True(signal.Closed.TryRead(out var woken));
        Assert.Equal(row.Voucher.Voucher.ChannelId, woken);
        Assert.True(await Worker().ClaimAllAsync(Token));
        Assert.Equal(Amount, await _chain.BalanceAsync(Payee, Token));
    }

    [Fact]
    public async Task TransactionWithoutEnergy_IsMadeAnew()
    {
        var row = await OpenAsync();
        _world.Node.Faults.TransactionsToStarve = 1;

        Assert.False(await Worker().ClaimAllAsync(Token));
        Assert.Equal(TokenAmount.Zero, (await FindAsync(row)).OnChain.Claimed);
        Assert.True(await Worker().ClaimAllAsync(Token));

        Assert.Equal(Amount, await _chain.BalanceAsync(Payee, Token));
        Assert.Equal(2, (await _ledger.ClaimsAsync(ClaimState.Failed, 10, Token)).Count + (await _ledger.ClaimsAsync(ClaimState.Settled, 10, Token)).Count);
    }

    [Fact]
    public async Task RelayThatCannotPayTheFee_RaisesTheAlarmAndKeepsTheClaim()
    {
        var row = await OpenAsync();
        using var lacking = new MetricCollector<double>(Meters, RelayMetrics.MeterName, "bttproxy.settlement.trx.short");
        using var poor = new TronChannelChain(
            Node(), _world.Network.Domain, _world.Network.Token, _world.Relay, new TronChannelOptions { MaxFeeLimit = 1 }, TimeProvider.System);

        Assert.False(await Worker(poor).ClaimAllAsync(Token));

        lacking.RecordObservableInstruments();
        Assert.True(lacking.LastMeasurement!.Value > 0);
        Assert.Single(await _ledger.ClaimsAsync(ClaimState.Queued, 10, Token));
        Assert.True(await Worker().ClaimAllAsync(Token));
        Assert.Equal(Amount, (await FindAsync(row)).OnChain.Claimed);

        // Nothing is unclaimed any more, so nothing is lacking.
        Assert.True(await Worker(poor).ClaimAllAsync(Token));
        lacking.RecordObservableInstruments();
        Assert.Equal(0, lacking.LastMeasurement!.Value);
    }

    private async ValueTask StartAsync(TimeSpan blockTime, long gift)
    {
        _world = await SettlementWorld.StartAsync(blockTime, gift, Token);
        _chain = new TronChannelChain(
            Node(), _world.Network.Domain, _world.Network.Token, _world.Relay, new TronChannelOptions(), TimeProvider.System);
        _ledger = await RelayLedger.OpenAsync(Path.Combine(_world.NewDirectory(), "ledger.db"), TimeProvider.System, null, Token);
        _metrics = new SettlementMetrics(Meters, new RelayMetrics(Meters), TimeProvider.System);
        _outbox = Outbox(_chain);
    }

    private async Task RestartAsync(TimeSpan blockTime, long gift)
    {
        await _ledger.DisposeAsync();
        _chain.Dispose();
        await _world.DisposeAsync();
        await StartAsync(blockTime, gift);
    }

    private TronNode Node() => new(
        new TronNodeOptions
        {
            Endpoints = [.. _world.Network.Chain.Nodes.Select(static node => new TronEndpoint(node.FullNode, node.SolidityNode))],
            RequestsPerSecond = 1000,
        },
        TimeProvider.System);

    private ClaimOutbox Outbox(IChannelChain chain) =>
        new(chain, _ledger, _exposure, _options.MaxRowsPerClaim, _metrics, TimeProvider.System, NullLogger<ClaimOutbox>.Instance);

    private SettlementWorker Worker(IChannelChain? chain = null) => new(
        chain ?? _chain, _ledger, Outbox(chain ?? _chain), new ClaimTriggers(_options, new CreditOptions()), new SettlementSignal(), _options, _metrics,
        TimeProvider.System, NullLogger<SettlementWorker>.Instance);

    private ChainReconciler Reconciler(SettlementSignal? signal = null) => new(
        _chain, _ledger, _exposure, signal ?? new SettlementSignal(), _metrics, _options, TimeProvider.System, NullLogger<ChainReconciler>.Instance);

    private async Task<ClaimRow> OpenAsync()
    {
        var row = await _world.OpenAsync(Payee, Amount, Token);
        await _world.SaveAsync(_ledger, [row], Token);
        return row;
    }

    private async Task<RelayChannel> FindAsync(ClaimRow row) => (await _ledger.FindChannelAsync(row.Voucher.Voucher.ChannelId, Token))!;

    private async Task<(int Refused, int Pending)> CountsAsync()
    {
        var pass = await _outbox.FlushAsync(Token);
        return (pass.Refused.Count, pass.Pending);
    }

    private async Task<ClaimTransaction> FlushUntilAsync(params ClaimTransactionState[] states)
    {
        while (true)
        {
            await _outbox.FlushAsync(Token);
            if (await _ledger.UnfinishedTransactionsAsync(Token) is [var transaction] && states.Contains(transaction.State))
            {
                return transaction;
            }

            await Task.Delay(50, Token);
        }
    }
}
