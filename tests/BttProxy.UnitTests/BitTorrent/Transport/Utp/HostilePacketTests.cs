using BttProxy.BitTorrent.Transport.Utp;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Utp;

/// <summary>One end of a connection, and an other end that sends what it likes.</summary>
public sealed class HostilePacketTests
{
    private const ushort FirstOfPeer = 65530;
    private const ushort FirstOfOurs = 500;
    private readonly ReassemblyMemory _memory = new(8 << 20);
    private readonly UtpConnection _connection;
    private readonly byte[] _datagram = new byte[UtpLimits.MaxDatagram];
    private long _now;

    public HostilePacketTests()
    {
        _connection = UtpConnection.Accept(synId: 7, FirstOfOurs, FirstOfPeer, _memory, now: 0);
        Send(Data(FirstOfPeer, FirstOfOurs - 1), 1);
    }

    [Theory]
    [InlineData(FirstOfOurs)]
    [InlineData(FirstOfOurs + 30_000)]
    [InlineData(FirstOfOurs - 5000)]
    public void AckOfWhatWasNeverSent_MakesThePacketWorthless(int ack)
    {
        Send(Data(FirstOfPeer + 1, ack), 100);
        Send(Data(FirstOfPeer + 1, ack) with { Type = UtpPacketType.Reset });
        Assert.Equal(1, Read());
        Assert.True(_connection.IsConnected);
    }

    [Fact]
    public void Reset_EndsTheConnectionAndLeavesWhatCameBefore()
    {
        Send(Data(FirstOfPeer + 1, FirstOfOurs - 1) with { Type = UtpPacketType.Reset });
        Assert.True(_connection.IsOver);
        Assert.Equal(UtpFailure.Reset, _connection.Failure);
        Assert.Equal(1, Read());
        Assert.Empty(Sent());
    }

    [Fact]
    public void MoreThanTheWindow_IsNotKept()
    {
        var sequence = FirstOfPeer + 1;
        for (var sent = 0; sent < 3 * UtpLimits.ReceiveCapacity; sent += UtpLimits.MaxPayload)
        {
            Send(Data(sequence++, FirstOfOurs - 1), UtpLimits.MaxPayload);
        }
        var last = Sent()[^1];
        Assert.InRange(last.Window, 0u, (uint)UtpLimits.MaxPayload);
        Assert.InRange(Read(), UtpLimits.ReceiveCapacity - UtpLimits.MaxPayload, UtpLimits.ReceiveCapacity + UtpLimits.MaxPayload);
    }

    [Fact]
    public void PacketsBehindAGap_AreKeptWithinTheWindowAndUpToALimitOfPackets()
    {
        for (var i = 2; i < 30_000; i++)
        {
            Send(Data(FirstOfPeer + i, FirstOfOurs - 1), 1);
        }
        Send(Data(FirstOfPeer + 1, FirstOfOurs - 1), 1);
        Assert.Equal(1 + UtpLimits.MaxPacketsAhead, Read());

        // Larger ones are limited by their bytes.
        for (var i = 2; i < 30_000; i++)
        {
            Send(Data(FirstOfPeer + UtpLimits.MaxPacketsAhead + i, FirstOfOurs - 1), UtpLimits.MaxPayload);
        }
        Send(Data(FirstOfPeer + UtpLimits.MaxPacketsAhead + 1, FirstOfOurs - 1), 1);
        Assert.InRange(Read(), UtpLimits.ReceiveCapacity - (2 * UtpLimits.MaxPayload), UtpLimits.ReceiveCapacity + UtpLimits.MaxPayload);
    }

    [Fact]
    public void PacketsBehindGapsOfManyConnections_ShareOneBound()
    {
        var others = Enumerable.Range(0, 20).Select(_ => UtpConnection.Accept(7, FirstOfOurs, FirstOfPeer, _memory, now: 0)).ToArray();
        foreach (var other in others)
        {
            for (var i = 1; i < UtpLimits.MaxPacketsAhead; i++)
            {
                var length = UtpPacket.Write(_datagram, Data(FirstOfPeer + i, FirstOfOurs - 1), default) + UtpLimits.MaxPayload;
                Assert.True(UtpPacket.TryParse(_datagram.AsSpan(0, length), out var packet));
                other.OnPacket(packet, _now);
            }
        }
        Assert.InRange(_memory.Taken, 4 << 20, 8 << 20);
        // Without room a connection still works, as long as nothing gets lost.
        Send(Data(FirstOfPeer + 1, FirstOfOurs - 1), 1);
        Assert.Equal(2, Read());
        Array.ForEach(others, other => other.Abort());
        Assert.Equal(0, _memory.Taken);
    }

    [Fact]
    public void SelectiveAckOfEverything_AcknowledgesOnlyWhatWasSent()
    {
        _connection.Write(new byte[100_000], _now);
        var sent = Sent().Count(header => header.Type == UtpPacketType.Data);
        Assert.Equal(10, sent);
        var all = new byte[252];
        Array.Fill(all, (byte)0xFF);
        Send(Data(FirstOfPeer + 1, FirstOfOurs - 1) with { Type = UtpPacketType.State }, selectiveAck: all);
        // The first is missing by what they say, so it comes again; the rest is new.
        var more = Sent();
        Assert.Equal(FirstOfOurs, more[0].Sequence);
        Assert.All(more.Skip(1), header => Assert.True(header.Sequence >= FirstOfOurs + 10));
        Assert.True(_connection.IsConnected);
    }

    [Fact]
    public void WindowOfZeroForEver_EndsTheConnectionAfterAMinute()
    {
        _connection.Write(new byte[100_000], _now);
        var sent = 0;
        while (!_connection.IsClosed && _now < 200 * UtpLimits.Second)
        {
            _now += 100 * UtpLimits.Millisecond;
            Send(Data(FirstOfPeer + 1, FirstOfOurs - 1) with { Type = UtpPacketType.State, Window = 0 });
            _connection.OnTime(_now);
            sent += Sent().Count;
        }
        Assert.InRange(_now, 60 * UtpLimits.Second, 62 * UtpLimits.Second);
        Assert.InRange(sent, 1, 200);
    }

    [Fact]
    public void TinyWindow_IsNotAnsweredWithTinyPackets()
    {
        _connection.Write(new byte[100_000], _now);
        Send(Data(FirstOfPeer + 1, FirstOfOurs - 1) with { Type = UtpPacketType.State, Window = 3 });
        Assert.DoesNotContain(Sent(), header => header.Type == UtpPacketType.Data);
    }

    [Fact]
    public void FinBeforeOtherPackets_IsIgnoredAndNothingFollowsAFin()
    {
        Send(Data(FirstOfPeer + 3, FirstOfOurs - 1), 1);
        Send(Data(FirstOfPeer + 2, FirstOfOurs - 1) with { Type = UtpPacketType.Fin });
        Send(Data(FirstOfPeer + 4, FirstOfOurs - 1) with { Type = UtpPacketType.Fin });
        Send(Data(FirstOfPeer + 5, FirstOfOurs - 1), 1);
        Assert.False(_connection.IsAtEnd);
        Send(Data(FirstOfPeer + 1, FirstOfOurs - 1), 1);
        Send(Data(FirstOfPeer + 2, FirstOfOurs - 1), 1);
        Send(Data(FirstOfPeer + 5, FirstOfOurs - 1), 1);
        Assert.Equal(4, Read());
        Assert.True(_connection.IsAtEnd);
    }

    [Fact]
    public void BytesForSomebodyWhoClosed_AreAnsweredWithAReset()
    {
        Read();
        _connection.Close(_now);
        Assert.Equal(UtpPacketType.Fin, Assert.Single(Sent()).Type);
        Send(Data(FirstOfPeer + 1, FirstOfOurs - 1), 1);
        Assert.Equal(UtpPacketType.Reset, Assert.Single(Sent()).Type);
        Assert.True(_connection.IsOver);
    }

    [Theory]
    [InlineData(FirstOfOurs - 1, 105)]
    [InlineData(FirstOfOurs, 30)]
    public void PeerThatNeverSaysGoodbye_IsForgottenAfterOurs(int ack, int within)
    {
        Read();
        _connection.Close(_now);
        Sent();
        Send(Data(FirstOfPeer + 1, ack) with { Type = UtpPacketType.State });
        for (var i = 0; i < within && !_connection.IsOver; i++)
        {
            _now += 100 * UtpLimits.Millisecond;
            _connection.OnTime(_now);
            Sent();
        }
        Assert.True(_connection.IsOver);
    }

    [Fact]
    public void AnyPackets_DoNoHarm()
    {
        var random = new Random(20261123);
        for (var round = 0; round < 200; round++)
        {
            var connection = UtpConnection.Accept(7, FirstOfOurs, FirstOfPeer, _memory, now: 0);
            for (var i = 0; i < 300; i++)
            {
                _now += random.Next(200_000);
                var bytes = new byte[UtpHeader.Length + random.Next(60)];
                random.NextBytes(bytes);
                bytes[0] = (byte)((random.Next(5) << 4) | 1);
                bytes[1] = (byte)random.Next(2);
                bytes[16] = (byte)(random.Next(2) == 0 ? 0xFF : 0);
                bytes[18] = (byte)random.Next(1, 3);
                connection.Write(bytes, _now);
                if (UtpPacket.TryParse(bytes, out var packet) && packet.Header.Type != UtpPacketType.Reset)
                {
                    connection.OnPacket(packet, _now);
                }
                connection.OnTime(_now);
                while (connection.TryTakePacket(_datagram, _now, out _))
                {
                    Assert.InRange(connection.CongestionWindow, UtpLimits.MaxPayload, UtpLimits.SendCapacity);
                }
                if (random.Next(8) == 0)
                {
                    connection.Read(new byte[50]);
                }
            }
        }
    }

    private static UtpHeader Data(int sequence, int ack) => new()
    {
        Type = UtpPacketType.Data, ConnectionId = 8, Sequence = unchecked((ushort)sequence), Ack = unchecked((ushort)ack), Window = 1 << 20,
    };

    private void Send(UtpHeader header, int payload = 0, byte[]? selectiveAck = null)
    {
        var length = UtpPacket.Write(_datagram, header, selectiveAck) + payload;
        Assert.True(UtpPacket.TryParse(_datagram.AsSpan(0, length), out var packet));
        _connection.OnPacket(packet, _now);
    }

    private List<UtpHeader> Sent()
    {
        var sent = new List<UtpHeader>();
        while (_connection.TryTakePacket(_datagram, _now, out var length))
        {
            Assert.True(UtpPacket.TryParse(_datagram.AsSpan(0, length), out var packet));
            sent.Add(packet.Header);
        }
        return sent;
    }

    private int Read()
    {
        var total = 0;
        var buffer = new byte[10_000];
        for (int count; (count = _connection.Read(buffer)) > 0;)
        {
            total += count;
        }
        return total;
    }
}
