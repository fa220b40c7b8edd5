using BttProxy.BitTorrent.Transport.Utp;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Utp;

public sealed class UtpTransferTests
{
    private static readonly Gen<(int Seed, int Loss, int Duplication, int Jitter, int Length, int Sequence)> Networks = Gen.Select(
        Gen.Int, Gen.Int[0, 15], Gen.Int[0, 10], Gen.Int[0, 30], Gen.Int[1, 300_000], Gen.Int[0, 65535]);

    [Fact]
    public void OverAnyNetwork_AllBytesArriveInOrderOnceBothWays() => Networks.Sample(
        network =>
        {
            var random = new Random(network.Seed);
            SimulatedPath Path() => new(random)
            {
                Loss = network.Loss / 100.0, Duplication = network.Duplication / 100.0, Jitter = network.Jitter * UtpLimits.Millisecond,
            };
            var pair = new UtpPair(Path(), Path(), (ushort)network.Sequence, (ushort)(network.Sequence * 31));
            var (up, down) = (Content(network.Length, 1), Content(network.Length, 2));
            pair.Dialler.ToWrite = up;
            pair.Run(600_000, () => pair.Acceptor is not null || pair.Dialler.Connection.IsClosed);
            if (pair.Acceptor is not { } acceptor)
            {
                // Three SYNs or their answers were lost: that is allowed.
                return network.Loss > 0;
            }
            acceptor.ToWrite = down;
            pair.Run(600_000, () => acceptor.Received.Length == up.Length && pair.Dialler.Received.Length == down.Length);
            return acceptor.Received.ToArray().SequenceEqual(up) && pair.Dialler.Received.ToArray().SequenceEqual(down);
        },
        iter: 100);

    [Fact]
    public void ClosingAfterTheLastByte_LetsThatArriveAndEndsBothSides()
    {
        var pair = Connected(new SimulatedPath(new Random(1)) { Loss = 0.05 }, new SimulatedPath(new Random(2)) { Loss = 0.05 });
        pair.Dialler.ToWrite = Content(500_000, 3);
        pair.Dialler.ClosesAfterwards = true;
        pair.Run(60_000, () => pair.Acceptor!.Connection.IsAtEnd);
        Assert.Equal(500_001, pair.Acceptor!.Received.Length);
        pair.Acceptor.ClosesAfterwards = true;
        pair.Run(20_000);
        Assert.True(pair.Dialler.Connection.IsOver);
        Assert.True(pair.Acceptor.Connection.IsOver);
        Assert.Equal(UtpFailure.None, pair.Acceptor.Connection.Failure);
    }

    [Fact]
    public void AfterMoreThan65536Packets_EverythingIsStillInOrder()
    {
        var pair = Connected(new SimulatedPath(new Random(4)) { Delay = 1000 }, new SimulatedPath(new Random(5)) { Delay = 1000 });
        var content = Content(100_000_000, 6);
        pair.Dialler.ToWrite = content;
        pair.Run(60_000, () => pair.Acceptor!.Received.Length == content.Length + 1);
        Assert.True(pair.Acceptor!.Received.GetBuffer().AsSpan(1, content.Length).SequenceEqual(content));
    }

    [Fact]
    public void FarAndFastPath_IsFilledUpToTheWindow()
    {
        // 50 ms of round trip take 20 MB/s with a window of 1 MiB.
        SimulatedPath Path() => new(new Random(21)) { Delay = 25 * UtpLimits.Millisecond, Rate = 25_000_000 };
        var pair = Connected(Path(), Path());
        pair.Dialler.ToWrite = new byte[40_000_000];
        var start = pair.Now;
        pair.Run(10_000, () => pair.Acceptor!.Received.Length > 40_000_000);
        Assert.InRange(pair.Now - start, 2 * UtpLimits.Second, 3 * UtpLimits.Second);
    }

    [Fact]
    public void AfterTheEnd_NoMemoryIsHeld()
    {
        var pair = Connected(new SimulatedPath(new Random(22)) { Loss = 0.1 }, new SimulatedPath(new Random(23)));
        pair.Dialler.ToWrite = new byte[2_000_000];
        pair.Run(500);
        pair.Dialler.Connection.Abort();
        pair.Acceptor!.Connection.Abort();
        Assert.Equal(0, pair.Memory.Taken);
        Assert.Equal(0, pair.Acceptor.Connection.Read(new byte[10]));
    }

    [Fact]
    public void ReaderThatStops_StopsTheWriterUntilItGoesOn()
    {
        var pair = Connected(new SimulatedPath(new Random(7)), new SimulatedPath(new Random(8)));
        pair.Acceptor!.Reads = false;
        pair.Dialler.ToWrite = Content(4_000_000, 9);
        pair.Run(30_000);
        Assert.InRange(pair.Dialler.ToWrite.Length, 4_000_000 - UtpLimits.SendCapacity - UtpLimits.ReceiveCapacity - UtpLimits.MaxPayload, 4_000_000);
        pair.Acceptor.Reads = true;
        pair.Run(30_000, () => pair.Acceptor.Received.Length == 4_000_001);
        Assert.Equal(4_000_001, pair.Acceptor.Received.Length);
    }

    [Fact]
    public void LostPacketInTheMiddle_IsSentAgainWithinTwoRoundTrips()
    {
        var there = new SimulatedPath(new Random(10));
        var pair = Connected(there, new SimulatedPath(new Random(11)));
        pair.Dialler.ToWrite = Content(UtpLimits.MaxPayload, 12);
        there.Loss = 1;
        pair.Run(2);
        there.Loss = 0;
        pair.Dialler.ToWrite = Content(8 * UtpLimits.MaxPayload, 13);
        pair.Run(50);
        Assert.Equal(1 + (9 * UtpLimits.MaxPayload), pair.Acceptor!.Received.Length);
    }

    [Fact]
    public void PeerThatIsGone_EndsTheConnectionInAboutHalfAMinute()
    {
        var (there, back) = (new SimulatedPath(new Random(14)), new SimulatedPath(new Random(15)));
        var pair = Connected(there, back);
        there.Loss = 1;
        back.Loss = 1;
        var sent = there.Sent;
        pair.Dialler.ToWrite = Content(100_000, 16);
        pair.Run(60_000, () => pair.Dialler.Connection.IsClosed);
        Assert.Equal(UtpFailure.Unreachable, pair.Dialler.Connection.Failure);
        Assert.InRange(pair.Now, 15 * UtpLimits.Second, 40 * UtpLimits.Second);
        // A window, then one packet for each timeout.
        Assert.InRange(there.Sent - sent, 10, 20);
    }

    [Fact]
    public void SynThatNobodyAnswers_IsSentThreeTimes()
    {
        var there = new SimulatedPath(new Random(17)) { Loss = 1 };
        var pair = new UtpPair(there, new SimulatedPath(new Random(18)));
        pair.Run(20_000);
        Assert.Equal(3, there.Sent);
        Assert.Equal(UtpFailure.Unreachable, pair.Dialler.Connection.Failure);
        Assert.True(pair.Dialler.Connection.IsOver);
    }

    [Fact]
    public void SilentConnection_IsKeptOpenByOnePacketEveryHalfMinute()
    {
        var there = new SimulatedPath(new Random(19));
        var pair = Connected(there, new SimulatedPath(new Random(20)));
        var sent = there.Sent;
        pair.Run(120_000);
        Assert.InRange(there.Sent - sent, 3, 5);
        Assert.True(pair.Dialler.Connection.IsConnected && pair.Acceptor!.Connection.IsConnected);
    }

    /// <summary>A pair that has exchanged one byte.</summary>
    private static UtpPair Connected(SimulatedPath there, SimulatedPath back)
    {
        var pair = new UtpPair(there, back);
        pair.Dialler.ToWrite = new byte[1];
        pair.Run(10_000, () => pair.Acceptor?.Received.Length == 1);
        pair.Run(100);
        Assert.Equal(1, pair.Acceptor?.Received.Length);
        return pair;
    }

    private static byte[] Content(int length, int seed)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }
}
