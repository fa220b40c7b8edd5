using BttProxy.BitTorrent.Transport.Utp;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Utp;

public sealed class LedbatTests
{
    private const int Rate = 1_000_000;

    [Fact]
    public void AloneOnABottleneck_FillsItAndKeepsTheQueueNearTheTarget()
    {
        var path = new SimulatedPath(new Random(1)) { Rate = Rate, MaxQueueing = 5 * UtpLimits.Second };
        var pair = Started(path);
        pair.Run(20_000);
        var before = pair.Acceptor!.Received.Length;
        long most = 0;
        pair.Run(20_000, () =>
        {
            most = Math.Max(most, path.Queueing);
            return false;
        });
        Assert.InRange(pair.Acceptor.Received.Length - before, 20 * Rate * 0.9, 20 * Rate);
        Assert.InRange(most, UtpLimits.TargetDelay / 2, UtpLimits.TargetDelay * 3 / 2);
    }

    [Fact]
    public void OtherTraffic_GetsTheBottleneckAndGivesItBack()
    {
        var path = new SimulatedPath(new Random(2)) { Rate = Rate, MaxQueueing = 5 * UtpLimits.Second };
        var pair = Started(path);
        pair.Run(10_000);
        var window = pair.Dialler.Connection.CongestionWindow;

        // Somebody who fills the queue up to 300 ms, whatever happens.
        pair.Run(20_000, () =>
        {
            while (path.QueueAt(pair.Now) < 300 * UtpLimits.Millisecond)
            {
                path.Occupy(1500, pair.Now);
            }
            return false;
        });
        Assert.InRange(pair.Dialler.Connection.CongestionWindow, 1, window / 4);

        var before = pair.Acceptor!.Received.Length;
        pair.Run(40_000);
        Assert.InRange(pair.Acceptor.Received.Length - before, 40 * Rate / 2, 40 * Rate);
    }

    [Fact]
    public void SlowStart_EndsAtThreeQuartersOfTheTarget()
    {
        var window = new CongestionWindow();
        var first = window.Bytes;
        window.OnAck(first, first, queueing: 0);
        Assert.Equal(2 * first, window.Bytes);
        window.OnAck(first, 2 * first, queueing: 80 * UtpLimits.Millisecond);
        window.OnAck(2 * first, 2 * first, queueing: 0);
        Assert.InRange(window.Bytes, 2 * first, (2 * first) + (2 * UtpLimits.MaxPayload));
    }

    [Fact]
    public void Losses_HalveTheWindowAndTimeoutsShutIt()
    {
        var window = new CongestionWindow();
        var first = window.Bytes;
        window.OnLoss();
        Assert.Equal(first / 2, window.Bytes);
        window.OnTimeout();
        Assert.Equal(UtpLimits.MaxPayload, window.Bytes);
        for (var i = 0; i < 100; i++)
        {
            window.OnLoss();
            window.OnAck(UtpLimits.MaxPayload, window.Bytes, queueing: 10 * UtpLimits.Second);
        }
        Assert.Equal(2 * UtpLimits.MaxPayload, window.Bytes);
    }

    [Fact]
    public void WindowThatIsNotUsed_DoesNotGrow()
    {
        var window = new CongestionWindow();
        var first = window.Bytes;
        for (var i = 0; i < 1000; i++)
        {
            window.OnAck(acked: 100, flight: 100, queueing: 0);
        }
        Assert.Equal(first, window.Bytes);
    }

    [Fact]
    public void Delays_AreMeasuredFromTheSmallestOfTenMinutesAcrossTheWrap()
    {
        var history = new DelayHistory();
        Assert.Equal(0, history.Add(uint.MaxValue - 10, 0));
        for (var i = 0; i < 3; i++)
        {
            history.Add(489, 1);
        }
        Assert.Equal(500, history.Add(489, 2));
        // Eleven minutes later the old minimum, of a path or clock that is no more, is forgotten.
        long delay = 0;
        for (var minute = 1; minute <= 11; minute++)
        {
            delay = history.Add(489, minute * 60 * UtpLimits.Second);
        }
        Assert.Equal(0, delay);
    }

    [Fact]
    public void TimeoutOfARoundTrip_IsNeverBelowHalfASecondAndDoubles()
    {
        var roundTrip = new RoundTrip();
        Assert.Equal(UtpLimits.FirstTimeout, roundTrip.Timeout);
        roundTrip.Add(1000);
        Assert.Equal(UtpLimits.MinTimeout, roundTrip.Timeout);
        roundTrip.BackOff();
        roundTrip.BackOff();
        Assert.Equal(4 * UtpLimits.MinTimeout, roundTrip.Timeout);
        roundTrip.Restart();
        for (var i = 0; i < 100; i++)
        {
            roundTrip.Add(UtpLimits.Second);
        }
        Assert.InRange(roundTrip.Timeout, UtpLimits.Second, 2 * UtpLimits.Second);
    }

    [Fact]
    public void Window_IsSpreadOverItsRoundTrip()
    {
        var pacing = new Pacing();
        var sent = new int[100];
        for (var ms = 0; ms < 100; ms++)
        {
            while (pacing.IsOpen(window: 1_000_000, share: 1, roundTrip: 100 * UtpLimits.Millisecond, ms * UtpLimits.Millisecond))
            {
                pacing.OnSent(UtpLimits.MaxPayload);
                sent[ms] += UtpLimits.MaxPayload;
            }
        }
        Assert.InRange(sent.Sum(), 900_000, 1_100_000);
        Assert.InRange(sent.Max(), 10_000, 50_000);
    }

    private static UtpPair Started(SimulatedPath path)
    {
        var pair = new UtpPair(path, new SimulatedPath(new Random(3)));
        pair.Dialler.ToWrite = new byte[200_000_000];
        pair.Run(5_000);
        return pair;
    }
}
