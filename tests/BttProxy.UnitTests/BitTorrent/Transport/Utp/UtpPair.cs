using BttProxy.BitTorrent.Transport.Utp;

namespace BttProxy.UnitTests.BitTorrent.Transport.Utp;

/// <summary>Two ends of a connection on a simulated network, with a clock of its own.</summary>
internal sealed class UtpPair
{
    private const ushort SynId = 0xFFFE;
    private readonly byte[] _datagram = new byte[UtpLimits.MaxDatagram];

    private readonly SimulatedPath _there;
    private readonly SimulatedPath _back;
    private readonly ushort _dialSequence;
    private readonly ushort _acceptSequence;

    public UtpPair(SimulatedPath there, SimulatedPath back, ushort dialSequence = 1, ushort acceptSequence = 1000)
    {
        (_there, _back, _dialSequence, _acceptSequence) = (there, back, dialSequence, acceptSequence);
        Dialler = new UtpEnd(UtpConnection.Dial(SynId, dialSequence, Memory, now: 0));
    }

    public ReassemblyMemory Memory { get; } = new(32 << 20);

    public UtpEnd Dialler { get; }

    /// <summary>Null until the first packet behind the SYN.</summary>
    public UtpEnd? Acceptor { get; private set; }

    public long Now { get; private set; }

    /// <summary>Milliseconds of time, each with what is due in it.</summary>
    public void Run(int milliseconds, Func<bool>? until = null)
    {
        for (var end = Now + (milliseconds * UtpLimits.Millisecond); Now < end && until?.Invoke() != true; Now += UtpLimits.Millisecond)
        {
            Send(Dialler, _there);
            Send(Acceptor, _back);
            while (_there.TryReceive(Now, out var datagram))
            {
                TakeAtAcceptor(datagram);
            }
            while (_back.TryReceive(Now, out var datagram) && UtpPacket.TryParse(datagram, out var packet))
            {
                Dialler.Connection.OnPacket(packet, Now);
            }
            Dialler.Work(Now);
            Acceptor?.Work(Now);
        }
    }

    private void Send(UtpEnd? end, SimulatedPath path)
    {
        while (end is not null && end.Connection.TryTakePacket(_datagram, Now, out var length))
        {
            path.Send(_datagram.AsSpan(0, length), Now);
        }
    }

    private void TakeAtAcceptor(byte[] datagram)
    {
        Xunit.Assert.True(UtpPacket.TryParse(datagram, out var packet));
        if (packet.Header.Type == UtpPacketType.Syn)
        {
            var answer = new UtpHeader { Type = UtpPacketType.State, ConnectionId = SynId, Sequence = _acceptSequence, Ack = packet.Header.Sequence, Window = 1 << 20 };
            answer.Write(_datagram);
            _back.Send(_datagram.AsSpan(0, UtpHeader.Length), Now);
            return;
        }
        Acceptor ??= new UtpEnd(UtpConnection.Accept(SynId, _acceptSequence, SequenceNumber.Add(_dialSequence, 1), Memory, Now));
        Acceptor.Connection.OnPacket(packet, Now);
    }
}

/// <summary>A connection and whoever uses it: writes as fast as it is let, and reads all or nothing.</summary>
internal sealed class UtpEnd(UtpConnection connection)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private long _tickAt;

    public UtpConnection Connection => connection;

    public ReadOnlyMemory<byte> ToWrite { get; set; }

    public bool ClosesAfterwards { get; set; }

    public bool Reads { get; set; } = true;

    public MemoryStream Received { get; } = new();

    public void Work(long now)
    {
        if (!ToWrite.IsEmpty)
        {
            ToWrite = ToWrite[connection.Write(ToWrite.Span, now)..];
        }
        if (Reads)
        {
            for (int count; (count = connection.Read(_buffer)) > 0;)
            {
                Received.Write(_buffer.AsSpan(0, count));
            }
        }
        if (ClosesAfterwards && ToWrite.IsEmpty && !connection.IsClosed)
        {
            connection.Close(now);
        }
        if (now >= _tickAt)
        {
            connection.OnTime(now);
            _tickAt = now + (50 * UtpLimits.Millisecond);
        }
    }
}
