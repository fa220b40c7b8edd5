using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Sessions;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;
using BttProxy.UnitTests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Settlement;

public sealed class ChainWatchTests : IAsyncLifetime
{
    private static readonly TokenAmount Reserve = new(1000);

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(LedgerSamples.Now);
    private readonly SettlementSignal _signal = new();
    private readonly SessionRegistry _sessions = new(1);
    private RelayLedger _ledger = null!;
    private RelaySession _session = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ledger = await RelayLedger.OpenAsync(_directory.File("ledger.db"), _time, null, Token);
        var window = new ByteCount(1 << 20);
        var channel = new ChannelView
        {
            Id = LedgerSamples.Id("a"),
            Terms = LedgerSamples.Terms("a"),
            Domain = new ChannelDomain(1, LedgerSamples.Address("contract")),
            Epoch = 0,
            Reserved = Reserve,
            Claimed = TokenAmount.Zero,
            Last = null,
            WithdrawPending = false,
        };
        _session = new RelaySession(
            SessionId.Generate(), BearerToken.Generate(), channel, new SessionAccount(new PricePerMegabyte(1), TokenAmount.Zero, TokenAmount.Zero),
            CreditWindow.Start(window, window, ByteCount.Zero, default), new InvalidMessageLimit(1, _time), _time);
        _sessions.TryAdd(_session);
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _ledger.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task WithdrawInABlockThatMayBeUndone_EndsNewCreditAndWakesSettlement()
    {
        await LookAsync(withdrawAt: 99, epoch: 0);

        Assert.True(_session.Channel.WithdrawPending);
        Assert.True(_signal.Closed.TryRead(out var woken));
        Assert.Equal(_session.Channel.Id, woken);
    }

    [Fact]
    public async Task BlockThatWasUndone_LetsTheSessionGoOn()
    {
        await LookAsync(withdrawAt: 99, epoch: 0);
        await LookAsync(withdrawAt: null, epoch: 0);

        Assert.False(_session.Channel.WithdrawPending);
    }

    [Fact]
    public async Task WithdrawOfTheNextEpoch_IsNotThisSessions()
    {
        await LookAsync(withdrawAt: 99, epoch: 1);

        Assert.False(_session.Channel.WithdrawPending);
    }

    private Task LookAsync(ulong? withdrawAt, ulong epoch)
    {
        var final = new ChainChannel(null, Reserve, TokenAmount.Zero, 0, null);
        var chain = (IChannelChain)(object)TwoViewsOfOneChannel.Create(final, final with { Epoch = epoch, WithdrawAt = withdrawAt });
        return new ChainWatch(chain, _ledger, _sessions, new SettlementOptions(), _signal, _time, NullLogger<ChainWatch>.Instance).LookAsync(Token);
    }
}
