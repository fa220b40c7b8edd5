using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Payments;

public sealed class CreditWindowTests
{
    private const int KiB = 1 << 10;
    private const int MiB = 1 << 20;

    private static readonly CreditWindow Fresh = CreditWindow.Start(CreditWindow.DefaultFloor, CreditWindow.DefaultCeiling);

    [Fact]
    public void UnknownPayer_GetsTheFloorAndNothingBeyond()
    {
        Assert.Equal(Bytes(256 * KiB), Fresh.Available);
        var used = Fresh.Deliver(Bytes(256 * KiB));
        Assert.Equal(ByteCount.Zero, used.Available);
        Assert.Throws<InvalidOperationException>(() => used.Deliver(Bytes(1)));
    }

    [Fact]
    public void EveryFullyPaidWindow_DoublesItUpToTheCeiling()
    {
        var window = Fresh;
        var sizes = new List<long>();
        for (var step = 0; step < 8; step++)
        {
            window = window.Deliver(window.Available);
            window = window.Pay(window.Delivered);
            sizes.Add(window.Size.Value / KiB);
        }

        Assert.Equal([512, 1024, 2048, 4096, 8192, 16384, 16384, 16384], sizes);
    }

    [Fact]
    public void PartOfAWindowPaid_DoesNotGrowIt()
    {
        var window = Fresh.Deliver(Bytes(256 * KiB)).Pay(Bytes((256 * KiB) - 1));
        Assert.Equal(Bytes(256 * KiB), window.Size);
        Assert.Equal(Bytes(512 * KiB), window.Pay(Bytes(256 * KiB)).Size);
    }

    [Fact]
    public void PayingAhead_ExtendsDeliveryButGrowsOnlyWithIt()
    {
        var window = Fresh.Pay(Bytes(256 * KiB));
        Assert.Equal(Bytes(256 * KiB), window.Size);
        Assert.Equal(Bytes(512 * KiB), window.Available);
        Assert.Equal(Bytes(512 * KiB), window.Deliver(Bytes(256 * KiB)).Size);
    }

    [Fact]
    public void CeilingBetweenTwoPowers_IsReachedExactly()
    {
        var window = CreditWindow.Start(Bytes(300), Bytes(1000)).Pay(Bytes(5000)).Deliver(Bytes(5000));
        Assert.Equal(Bytes(1000), window.Size);
    }

    [Fact]
    public void DebtOfEarlierSessions_UsesUpTheWindowUntilPaid()
    {
        var window = CreditWindow.Start(CreditWindow.DefaultFloor, CreditWindow.DefaultCeiling, carried: Bytes(200 * KiB));
        Assert.Equal(Bytes(56 * KiB), window.Available);
        Assert.Equal(ByteCount.Zero, CreditWindow.Start(Bytes(10), Bytes(10), carried: Bytes(11)).Available);
        Assert.Equal(Bytes(256 * KiB), window.Pay(ByteCount.Zero).Available);
    }

    [Fact]
    public void Frozen_LetsOnlyPrepaidBytesThrough()
    {
        var window = Fresh.Deliver(Bytes(1000)).Pay(Bytes(1000)).Freeze(true);
        Assert.Equal(ByteCount.Zero, window.Available);
        Assert.Equal(Bytes(500), window.Pay(Bytes(1500)).Available);
        Assert.Equal(Bytes(256 * KiB), window.Freeze(false).Available);
    }

    [Fact]
    public void FreePrice_NeverRunsOut()
    {
        var window = Fresh.Pay(ByteCount.MaxValue);
        Assert.True(window.Deliver(Bytes(1L << 40)).Available.Value > 1L << 40);
    }

    [Fact]
    public void Forgiving_IsLimitedByTheWindowAndByWhatIsUnpaid()
    {
        var window = Fresh.Deliver(Bytes(200 * KiB)).Pay(Bytes(50 * KiB));
        window = window.Forgive(Bytes(300 * KiB), out var granted);
        Assert.Equal(Bytes(150 * KiB), granted);
        Assert.Equal(ByteCount.Zero, window.Unpaid);
    }

    [Fact]
    public void Forgiving_EndsAtFourMebibytesAndFivePerCentOfTheChannelsLife()
    {
        var window = CreditWindow.Start(Bytes(16 * MiB), Bytes(16 * MiB));
        window = window.Deliver(Bytes(16 * MiB)).Forgive(Bytes(16 * MiB), out var granted);
        var limit = (4 * MiB) + (16 * MiB / 20);
        Assert.Equal(Bytes(limit), granted);

        // Reconnecting gains nothing: the next session starts from the channel's history.
        var next = CreditWindow.Start(Bytes(16 * MiB), Bytes(16 * MiB), history: window.HistoryAfter);
        next = next.Deliver(Bytes(2000)).Forgive(Bytes(2000), out granted);
        Assert.Equal(Bytes(100), granted);
        next.Forgive(Bytes(2000), out granted);
        Assert.Equal(ByteCount.Zero, granted);
    }

    [Fact]
    public void ForgivenBytesThatArePaid_AreNoLongerForgivenNorCreditedTwice()
    {
        var window = Fresh.Deliver(Bytes(200 * KiB)).Forgive(Bytes(150 * KiB), out _);
        window = window.Pay(Bytes(120 * KiB));
        Assert.Equal(Bytes(80 * KiB), window.Forgiven);
        Assert.Equal(ByteCount.Zero, window.Unpaid);
        Assert.Equal(window.Size, window.Available);

        window = window.Pay(Bytes(210 * KiB));
        Assert.Equal(ByteCount.Zero, window.Forgiven);
        Assert.Equal(window.Size + Bytes(10 * KiB), window.Available);
    }

    [Fact]
    public void PaidBytes_CannotFall() =>
        Assert.Throws<InvalidOperationException>(() => Fresh.Deliver(Bytes(2)).Pay(Bytes(2)).Pay(Bytes(1)));

    [Fact]
    public void AnySequence_KeepsUnpaidWithinTheWindow() =>
        Gen.Select(Gen.Long[1, 5000], Gen.Long[0, 20_000], Gen.Select(Gen.Int[0, 3], Gen.Long[0, 9000]).Array[1, 60])
            .Sample((floor, room, steps) =>
            {
                var window = CreditWindow.Start(Bytes(floor), Bytes(floor + room));
                var forgiven = 0L;
                foreach (var (kind, amount) in steps)
                {
                    var before = window;
                    window = kind switch
                    {
                        0 or 1 => window.Deliver(ByteCount.Min(Bytes(amount), window.Available)),
                        2 => window.Pay(window.Paid + Bytes(amount % (window.Unpaid.Value + 1))),
                        _ => window.Forgive(Bytes(amount), out var granted).Also(() => forgiven += granted.Value),
                    };
                    Assert.True(window.Delivered.Value - window.Forgiven.Value - window.Paid.Value <= window.Size.Value);
                    Assert.True(window.Unpaid <= window.Size);
                    Assert.InRange(window.Size.Value, before.Size.Value, floor + room);
                    Assert.True(window.Size.Value <= before.Size.Value * 2 || kind == 2);
                    Assert.Equal(forgiven, window.Forgiven.Value);
                    Assert.True(forgiven <= (window.Delivered.Value / 20) + (4 * MiB));
                    Assert.True(window.Forgiven <= window.Delivered);
                }
            });

    [Fact]
    public void Growth_DoesNotDependOnHowPaymentsAreCut() =>
        Gen.Long[1, 4096].Array[1, 40].Sample(cuts =>
        {
            var total = Bytes(cuts.Sum());
            var whole = CreditWindow.Start(Bytes(1000), Bytes(64_000)).Pay(total).Deliver(total);
            var cut = CreditWindow.Start(Bytes(1000), Bytes(64_000)).Pay(total);
            foreach (var bytes in cuts)
            {
                cut = cut.Deliver(Bytes(bytes));
            }

            Assert.Equal(whole, cut);
        });

    private static ByteCount Bytes(long value) => new(value);
}

file static class Sequencing
{
    public static T Also<T>(this T value, Action action)
    {
        action();
        return value;
    }
}
