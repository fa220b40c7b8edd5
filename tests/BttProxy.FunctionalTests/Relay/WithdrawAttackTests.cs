using System.Diagnostics.Metrics;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Observability;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A payer asks the contract for its money back while it owes; numbers in brackets are attacks of the threat list.</summary>
public sealed class WithdrawAttackTests : IAsyncLifetime
{
    private const int Bytes = 100_000;

    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private readonly ShiftedClock _clock = new();
    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(8 << 20, TimeSpan.Zero, Token, _clock);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact] // [9, 10]
    public async Task WithdrawAskedMidStream_EndsTheBytesAndIsClaimedBeforeItIsFinished()
    {
        var options = Options();
        options.Settlement.ChainCheckInterval = TimeSpan.FromMilliseconds(200);
        await using var relay = await _world.StartRelayAsync(options, Token);
        using var customer = await PaidAsync(relay.Record);

        await Withdrawals.AskAsync(_world, customer, Token);
        VoucherAnswer answer;
        byte[] read;
        do
        {
            read = await customer.ReadAsync(_world.InfoHash, 0, Bytes, payEvery: 0, Token);
            answer = await customer.PayAsync(customer.VoucherFor(customer.Received), Token);
        }
        while (answer.Code == VoucherRejection.Accepted && read.Length > 0);

        // Every byte that came is paid, and one that is not paid ahead does not come.
        Assert.Contains(answer.Code, (VoucherRejection[])[VoucherRejection.WithdrawPending, VoucherRejection.Accepted]);
        Assert.Equal(customer.VoucherFor(customer.Received).Voucher.Cumulative, answer.AcceptedTotal);
        Assert.Empty(await customer.ReadAsync(_world.InfoHash, 0, Bytes, payEvery: 0, Token));
        Assert.Equal(
            VoucherRejection.WithdrawPending, (await customer.PayAsync(customer.VoucherFor(customer.Received + 1), Token)).Code);

        await Eventually.IsTrueAsync(async () => await _world.Chain.BalanceAsync(relay.Payee, Token) == answer.AcceptedTotal);
        _clock.Shift = TimeSpan.FromHours(25);
        await Withdrawals.FinishAsync(_world, customer, Token);
        Assert.Equal(Reserve - answer.AcceptedTotal, await _world.Chain.DepositedAsync(customer.Payer.Address, Token));
    }

    [Fact] // [9]
    public async Task RelayOfflineLongerThanTheDelay_LosesItsUnclaimedSumAndSaysSo()
    {
        TokenAmount owed;
        RelayCustomer customer;
        await using (var relay = await _world.StartRelayAsync(Options(), Token))
        {
            customer = await PaidAsync(relay.Record);
            owed = customer.Account.CumulativeFor(new ByteCount(Bytes));
        }

        using (customer)
        {
            await Withdrawals.AskAsync(_world, customer, Token);
            _clock.Shift = TimeSpan.FromHours(25);
            await Withdrawals.FinishAsync(_world, customer, Token);
            Assert.Equal(Reserve, await _world.Chain.DepositedAsync(customer.Payer.Address, Token));
        }

        using var losses = new Losses();
        await using var again = await _world.StartRelayAsync(Options(), Token);
        await Eventually.IsTrueAsync(() => losses.Contains(RelayMetrics.Btt(owed)));
        Assert.True(await again.ClaimAsync(Token));
        var books = await again.ReadBooksAsync(Token);
        Assert.Equal((TokenAmount.Zero, TokenAmount.Zero), (books.Claimed, books.Unclaimed));
        Assert.Equal(TokenAmount.Zero, await _world.Chain.BalanceAsync(again.Payee, Token));
    }

    private RelayOptions Options()
    {
        var options = _world.RelayOptions("relay");
        options.Credit.CreditWait = TimeSpan.FromSeconds(1);
        options.Settlement.ClaimOnSessionClose = false;
        return options;
    }

    private async Task<RelayCustomer> PaidAsync(Protocol.Relays.SignedRelayRecord record)
    {
        var customer = await RelayCustomer.CreateAsync(_world, record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);
        await customer.ReadAsync(_world.InfoHash, 0, Bytes, payEvery: 0, Token);
        Assert.Equal(VoucherRejection.Accepted, (await customer.PayAsync(customer.VoucherFor(Bytes), Token)).Code);
        return customer;
    }

    /// <summary>What the relays of this process report as lost.</summary>
    private sealed class Losses : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<double> _amounts = [];

        public Losses()
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument is { Meter.Name: RelayMetrics.MeterName, Name: "bttproxy.relay.earnings" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((_, amount, tags, _) =>
            {
                lock (_amounts)
                {
                    if (tags.Contains(new KeyValuePair<string, object?>("state", "lost")))
                    {
                        _amounts.Add(amount);
                    }
                }
            });
            _listener.Start();
        }

        public bool Contains(double amount)
        {
            lock (_amounts)
            {
                return _amounts.Contains(amount);
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
