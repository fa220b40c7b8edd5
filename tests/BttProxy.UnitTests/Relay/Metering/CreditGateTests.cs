using BttProxy.Relay.Metering;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Metering;

public sealed class CreditGateTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void EnoughCredit_TakesAll()
    {
        var gate = new CreditGate(100);

        Assert.True(gate.TryTake(100));
        Assert.False(gate.TryTake(1));
        Assert.Equal(100, gate.Taken);
    }

    [Fact]
    public void TooLittleCredit_TakesNothing()
    {
        var gate = new CreditGate(100);

        Assert.False(gate.TryTake(101));
        Assert.Equal(0, gate.Taken);
        Assert.Equal(100, gate.TakeUpTo(101));
    }

    [Fact]
    public void UnlimitedCredit_DoesNotOverflow()
    {
        var gate = new CreditGate(long.MaxValue);

        Assert.True(gate.TryTake(int.MaxValue));
        Assert.Equal(1000, gate.TakeUpTo(1000));
    }

    [Fact]
    public void LimitBelowWhatWasTaken_GrantsNothing()
    {
        var gate = new CreditGate(100);
        Assert.True(gate.TryTake(100));

        gate.SetLimit(50);

        Assert.Equal(0, gate.TakeUpTo(1));
        gate.SetLimit(101);
        Assert.Equal(1, gate.TakeUpTo(10));
    }

    [Fact]
    public async Task PaymentArrives_WaiterContinues()
    {
        var gate = new CreditGate(0);
        var take = gate.TakeAsync(10, TimeSpan.FromSeconds(15), _time, Token).AsTask();
        Assert.False(take.IsCompleted);

        gate.SetLimit(4);

        Assert.Equal(4, await take);
    }

    [Fact]
    public async Task NoPayment_WaitEndsAfterPatience()
    {
        var gate = new CreditGate(0);
        var take = gate.TakeAsync(10, TimeSpan.FromSeconds(15), _time, Token).AsTask();

        _time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(0, await take);
    }

    [Fact] // [17: one small voucher just before each wait ends]
    public async Task SlowPayer_GetsOneWindowAndThenWhatItPaysFor()
    {
        const int window = 1000, voucher = 10;
        var gate = new CreditGate(window);
        long taken = gate.TakeUpTo(int.MaxValue);
        for (var paid = voucher; paid <= 100 * voucher; paid += voucher)
        {
            var take = gate.TakeAsync(5000, TimeSpan.FromSeconds(15), _time, Token).AsTask();
            _time.Advance(TimeSpan.FromSeconds(14));
            Assert.False(take.IsCompleted);
            gate.SetLimit(window + paid);
            taken += await take;
            Assert.Equal(window + paid, taken);
        }
    }

    [Fact]
    public async Task PaymentsTakenByOthers_DoNotProlongTheWait()
    {
        var gate = new CreditGate(0);
        var first = gate.TakeAsync(10, TimeSpan.FromSeconds(15), _time, Token).AsTask();
        _time.Advance(TimeSpan.FromSeconds(10));
        gate.SetLimit(-1);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(0, await first.WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task Closed_WaitersEndAndNothingPasses()
    {
        var gate = new CreditGate(0);
        var take = gate.TakeAsync(10, TimeSpan.FromSeconds(15), _time, Token).AsTask();

        gate.Close();
        gate.SetLimit(1000);

        Assert.Equal(0, await take);
        Assert.False(gate.TryTake(1));
    }

    [Fact]
    public async Task ManyResponses_NeverTakeMoreThanTheLimit()
    {
        var gate = new CreditGate(0);
        var granted = 0L;
        var takers = Enumerable.Range(1, 8).Select(i => Task.Run(
            async () =>
            {
                while (await gate.TakeAsync(i * 7, TimeSpan.FromMinutes(1), TimeProvider.System, Token) is var n and > 0)
                {
                    Interlocked.Add(ref granted, n);
                }
            },
            Token)).ToArray();

        for (var limit = 0L; limit <= 100_000; limit += 997)
        {
            gate.SetLimit(limit);
            Assert.True(Interlocked.Read(ref granted) <= limit);
        }

        gate.SetLimit(100_000);
        while (Interlocked.Read(ref granted) < 100_000)
        {
            await Task.Yield();
        }

        gate.Close();
        await Task.WhenAll(takers);
        Assert.Equal(100_000, granted);
    }

    [Fact]
    public void AnySequence_TakenNeverExceedsTheHighestLimit() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 200], Gen.Bool).List[1, 50].Sample(steps =>
        {
            var gate = new CreditGate(0);
            long highest = 0, taken = 0;
            foreach (var (limit, wanted, all) in steps)
            {
                gate.SetLimit(limit);
                highest = Math.Max(highest, limit);
                taken += all ? gate.TryTake(wanted) ? wanted : 0 : gate.TakeUpTo(wanted);
                Assert.True(taken <= highest);
                Assert.Equal(taken, gate.Taken);
            }
        });
}
