namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>
/// One connection as BEP 29 has it, a state machine without sockets: packets and the time go in, packets come out. Not thread-safe.
/// </summary>
internal sealed class UtpConnection
{
    private readonly UtpSender _sender;
    private readonly ReassemblyMemory _memory;
    private readonly ushort _synSequence;
    private UtpReceiver? _receiver;
    private UtpState _state;
    private int _syns;
    private long _synDueAt;
    private long _synSentAt;
    private bool _ackDue;
    private bool _resetDue;
    private bool _isClosing;
    private uint _delayOfPeer;
    private long _lastSentAt;
    private long _closedAt;
    private long _lingerUntil = long.MaxValue;

    private UtpConnection(
        ushort receiveId, ushort sendId, UtpSender sender, ushort synSequence, UtpState state, ReassemblyMemory memory, long now)
    {
        _memory = memory;
        ReceiveId = receiveId;
        SendId = sendId;
        _sender = sender;
        _synSequence = synSequence;
        _state = state;
        _synDueAt = now;
        _lastSentAt = now;
    }

    /// <summary>In packets for us.</summary>
    public ushort ReceiveId { get; }

    /// <summary>In packets from us, but for the SYN.</summary>
    public ushort SendId { get; }

    public bool IsConnected => _state == UtpState.Connected;

    public bool IsClosed => _state == UtpState.Closed;

    /// <summary>Nothing comes out any more and nothing that goes in matters.</summary>
    public bool IsOver => _state == UtpState.Closed && !_resetDue;

    /// <summary>Why it ended, when it did not end well.</summary>
    public UtpFailure Failure { get; private set; }

    /// <summary>There is something to read: bytes or the end.</summary>
    public bool CanRead => _receiver is { } receiver && (receiver.Ready > 0 || receiver.IsComplete);

    /// <summary>The reader has everything that will ever come.</summary>
    public bool IsAtEnd => _receiver is { IsComplete: true, Ready: 0 };

    /// <summary>Much was read since the peer was last told, and it may be waiting for that.</summary>
    public bool IsWindowUpdateDue => _receiver is { IsWindowUpdateDue: true };

    /// <summary>Bytes that <see cref="Write"/> would take.</summary>
    public int Free => _sender.Free;

    /// <inheritdoc cref="UtpSender.IsPaced"/>
    public bool IsPaced => _sender.IsPaced;

    public int CongestionWindow => _sender.Window;

    public static UtpConnection Dial(ushort receiveId, ushort synSequence, ReassemblyMemory memory, long now) => new(
        receiveId, SequenceNumber.Add(receiveId, 1), new UtpSender(SequenceNumber.Add(synSequence, 1)), synSequence, UtpState.Connecting, memory,
        now);

    /// <summary>A connection whose SYN was answered and whose first packet proves that the answer arrived.</summary>
    /// <param name="synId">The connection id of the SYN.</param>
    /// <param name="firstSequence">Of our first packet: what the answer said.</param>
    /// <param name="peerSequence">Of the peer's first packet behind the SYN.</param>
    /// <param name="memory">For what waits behind missing packets.</param>
    /// <param name="now">Microseconds.</param>
    public static UtpConnection Accept(ushort synId, ushort firstSequence, ushort peerSequence, ReassemblyMemory memory, long now) =>
        new(SequenceNumber.Add(synId, 1), synId, new UtpSender(firstSequence), default, UtpState.Connected, memory, now)
        {
            _receiver = new UtpReceiver(peerSequence, memory),
        };

    public void OnPacket(in UtpPacket packet, long now)
    {
        if (_state == UtpState.Closed)
        {
            return;
        }
        var header = packet.Header;
        if (_state == UtpState.Connecting)
        {
            OnAnswer(packet, now);
            return;
        }
        // An ack of what was never sent gives a forger away; whoever sees our packets needs no ack to harm us.
        if (!_sender.IsPlausible(header.Ack))
        {
            return;
        }
        if (header.Type == UtpPacketType.Reset)
        {
            Fail(UtpFailure.Reset);
            return;
        }
        _delayOfPeer = unchecked((uint)now - header.Timestamp);
        _sender.OnAck(packet, now);
        if (header.Type is UtpPacketType.Data or UtpPacketType.Fin)
        {
            Take(packet);
        }
        UpdateClosing(now);
    }

    /// <summary>Lets time pass; call it every 100 ms or so.</summary>
    public void OnTime(long now)
    {
        switch (_state)
        {
            case UtpState.Connecting when now >= _synDueAt && _syns >= UtpLimits.MaxSyns:
                Fail(UtpFailure.Unreachable);
                break;
            case UtpState.Connected:
                _sender.OnTime(now);
                if (_sender.IsDead)
                {
                    Fail(UtpFailure.Unreachable);
                    break;
                }
                _ackDue |= now - _lastSentAt >= UtpLimits.KeepAlive;
                UpdateClosing(now);
                break;
        }
    }

    /// <summary>The next datagram to send now; false when there is none.</summary>
    /// <param name="datagram">Room for <see cref="UtpLimits.MaxDatagram"/>.</param>
    /// <param name="now">Microseconds.</param>
    /// <param name="length">What was written.</param>
    public bool TryTakePacket(Span<byte> datagram, long now, out int length)
    {
        length = 0;
        if (_resetDue)
        {
            _resetDue = false;
            length = Put(datagram, UtpPacketType.Reset, _sender.NextSequence, now);
        }
        else if (_state == UtpState.Connecting && now >= _synDueAt && _syns < UtpLimits.MaxSyns)
        {
            _synDueAt = now + (UtpLimits.FirstTimeout << _syns);
            _syns++;
            _synSentAt = now;
            length = Put(datagram, UtpPacketType.Syn, _synSequence, now);
        }
        else if (_state == UtpState.Connected)
        {
            length = TakeConnected(datagram, now);
        }
        if (length > 0)
        {
            _lastSentAt = now;
        }
        return length > 0;
    }

    public int Read(Span<byte> target)
    {
        if (_receiver is not { } receiver)
        {
            return 0;
        }
        var count = receiver.Read(target);
        _ackDue |= receiver.IsWindowUpdateDue;
        return count;
    }

    public int Write(ReadOnlySpan<byte> bytes, long now) => _sender.Write(bytes, now);

    /// <summary>Nobody reads or writes any more: what was written is still sent, then the FIN.</summary>
    public void Close(long now)
    {
        if (_isClosing)
        {
            return;
        }
        _isClosing = true;
        _closedAt = now;
        // A peer must not believe that somebody took what nobody read.
        if (_state != UtpState.Connected || _receiver!.Ready > 0)
        {
            Abort();
            return;
        }
        _sender.Finish(now);
        UpdateClosing(now);
    }

    /// <summary>Ends it at once, with a RESET.</summary>
    public void Abort()
    {
        _resetDue |= _state == UtpState.Connected;
        End();
        _receiver?.Clear();
    }

    private void OnAnswer(in UtpPacket packet, long now)
    {
        var header = packet.Header;
        if (header.Ack != _synSequence)
        {
            return;
        }
        if (header.Type == UtpPacketType.Reset)
        {
            Fail(UtpFailure.Refused);
        }
        else if (header.Type == UtpPacketType.State)
        {
            // The answer's number is that of the peer's first packet.
            _receiver = new UtpReceiver(header.Sequence, _memory);
            _state = UtpState.Connected;
            _delayOfPeer = unchecked((uint)now - header.Timestamp);
            if (_syns == 1)
            {
                _sender.RoundTrip.Add(now - _synSentAt);
            }
            _sender.OnAck(packet, now);
        }
    }

    private void Take(in UtpPacket packet)
    {
        var before = _receiver!.Ready;
        _receiver.Accept(packet.Header.Sequence, packet.Payload, packet.Header.Type == UtpPacketType.Fin);
        _ackDue = true;
        if (_isClosing && _receiver.Ready > before)
        {
            Abort();
        }
    }

    private int TakeConnected(Span<byte> datagram, long now)
    {
        // A data packet says everything an ack does, unless something is missing.
        if (_ackDue && _receiver!.HasGap)
        {
            _ackDue = false;
            return PutState(datagram, now);
        }
        if (_sender.TryTake(datagram[UtpHeader.Length..], now, out var sequence, out var length))
        {
            _ackDue = false;
            return length + Put(datagram, length == 0 ? UtpPacketType.Fin : UtpPacketType.Data, sequence, now);
        }
        if (!_ackDue)
        {
            return 0;
        }
        _ackDue = false;
        return PutState(datagram, now);
    }

    private int PutState(Span<byte> datagram, long now)
    {
        Span<byte> bits = stackalloc byte[SelectiveAck.MaxLength];
        return Put(datagram, UtpPacketType.State, _sender.NextSequence, now, bits[.._receiver!.WriteSelectiveAck(bits)]);
    }

    private int Put(Span<byte> datagram, UtpPacketType type, ushort sequence, long now, ReadOnlySpan<byte> selectiveAck = default) =>
        UtpPacket.Write(
            datagram,
            new UtpHeader
            {
                Type = type,
                ConnectionId = type == UtpPacketType.Syn ? ReceiveId : SendId,
                Timestamp = unchecked((uint)now),
                TimestampDifference = _delayOfPeer,
                Window = _receiver?.TellWindow() ?? UtpLimits.ReceiveCapacity,
                Sequence = sequence,
                Ack = _receiver?.Ack ?? 0,
            },
            selectiveAck);

    private void UpdateClosing(long now)
    {
        if (!_isClosing || _state == UtpState.Closed)
        {
            return;
        }
        if (_sender.IsFinAcked)
        {
            if (_receiver!.IsComplete && !_ackDue)
            {
                End();
                return;
            }
            _lingerUntil = Math.Min(_lingerUntil, now + UtpLimits.Linger);
        }
        if (now >= _lingerUntil || now - _closedAt > UtpLimits.StallTimeout
            || now - Math.Max(_closedAt, _sender.ProgressAt) > UtpLimits.CloseTimeout)
        {
            Abort();
        }
    }

    private void Fail(UtpFailure failure)
    {
        Failure = failure;
        _resetDue = false;
        End();
    }

    private void End()
    {
        // What came before a failure can still be read.
        _state = UtpState.Closed;
        _sender.Clear();
        _receiver?.DropAhead();
    }

    private enum UtpState
    {
        Connecting,
        Connected,
        Closed,
    }
}
