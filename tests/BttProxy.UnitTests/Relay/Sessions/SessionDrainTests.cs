using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Relay.Sessions;
using BttProxy.UnitTests.Ledger;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Sessions;

/// <summary>A relay that stops lets running responses end, and clients pay for what was on its way to them.</summary>
public sealed class SessionDrainTests : IDisposable
{
    private const int Bytes = 1000;

    private readonly FakeTimeProvider _time = new(LedgerSamples.Now);
    private readonly SessionRegistry _sessions = new(1);
    private readonly RelaySession _session;

    public SessionDrainTests()
    {
        var window = new ByteCount(1 << 20);
        var channel = new ChannelView
        {
            Id = LedgerSamples.Id("a"),
            Terms = LedgerSamples.Terms("a"),
            Domain = new ChannelDomain(1, LedgerSamples.Address("contract")),
            Epoch = 0,
            Reserved = new TokenAmount(1_000_000),
            Claimed = TokenAmount.Zero,
            Last = null,
            WithdrawPending = false,
        };
        _session = new RelaySession(
            SessionId.Generate(), BearerToken.Generate(), channel, new SessionAccount(new PricePerMegabyte(1), TokenAmount.Zero, TokenAmount.Zero),
            CreditWindow.Start(window, window, ByteCount.Zero, default), new InvalidMessageLimit(1, _time), _time);
        _sessions.TryAdd(_session);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void NothingDelivered_IsNotWaitedFor() => Assert.True(Drain(TimeSpan.FromMinutes(1)).IsCompleted);

    [Fact]
    public async Task RunningResponse_IsWaitedFor()
    {
        _session.BeginResponse();

        Assert.True(await PassedAsync(Drain(TimeSpan.FromSeconds(30))) >= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task PaymentForAnEndedResponse_IsWaitedForAMoment()
    {
        Deliver();
        Assert.True(_session.MayStillPay);

        Assert.True(await PassedAsync(Drain(TimeSpan.FromMinutes(1))) >= TimeSpan.FromSeconds(5));
        Assert.False(_session.MayStillPay);
    }

    [Fact]
    public async Task PaymentForAnEndedResponse_IsNotWaitedForLongerThanThePatience()
    {
        Deliver();

        await PassedAsync(Drain(TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public void PaidOrClosedSession_IsNotWaitedFor()
    {
        Deliver();
        _session.Apply(LedgerSamples.Voucher("a", Bytes), new ByteCount(Bytes), withCredit: true);
        Assert.False(_session.MayStillPay);

        Deliver();
        _session.Close();
        Assert.False(_session.MayStillPay);
        Assert.True(Drain(TimeSpan.FromMinutes(1)).IsCompleted);
    }

    private void Deliver()
    {
        _session.BeginResponse();
        Assert.True(_session.Gate.TryTake(Bytes));
        _session.EndResponse();
    }

    private Task Drain(TimeSpan patience) => _sessions.DrainAsync(patience, _time, TestContext.Current.CancellationToken);

    private async Task<TimeSpan> PassedAsync(Task drained)
    {
        var start = _time.GetTimestamp();
        while (!drained.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        await drained;
        return _time.GetElapsedTime(start);
    }
}
