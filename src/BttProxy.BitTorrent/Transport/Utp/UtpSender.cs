namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>
/// The sending half of a connection: bytes wait here until they are acknowledged, packets are cut from them as the windows allow, and what is
/// lost is sent again. Knows no sockets and no clock.
/// </summary>
internal sealed class UtpSender(ushort firstSequence)
{
    // RFC 5681 and RFC 6675: so many packets behind a missing one mean that it is lost, not late.
    private const int DuplicateThreshold = 3;

    private readonly ByteRing _bytes = new();
    private readonly SentPackets _packets = new();
    private readonly CongestionWindow _congestion = new();
    private readonly DelayHistory _delays = new();
    private readonly Pacing _pacing = new();
    private ushort _oldest = firstSequence;
    private ushort _lastOfLoss = SequenceNumber.Add(firstSequence, -1);
    private uint _peerWindow = UtpLimits.MaxPayload;
    private int _sentBytes;
    private int _lost;
    private int _firstLost;
    private int _duplicates;
    private int _timeouts;
    private bool _finRequested;
    private bool _finSent;
    private bool _mayProbe;
    private long _latestDelivered = long.MinValue;
    private long _queueing;
    private long _lastSentAt;
    private long _timeoutAt = long.MaxValue;
    private long _probeAt = long.MaxValue;

    public RoundTrip RoundTrip { get; } = new();

    /// <summary>Of the next new packet.</summary>
    public ushort NextSequence => SequenceNumber.Add(_oldest, _packets.Count);

    /// <summary>Bytes under way and not taken for lost.</summary>
    public int Flight { get; private set; }

    public int Window => _congestion.Bytes;

    /// <summary>Bytes that a writer may add now: what two windows take, so that the next one is ready when the first is answered.</summary>
    public int Free => Math.Max(0, Math.Clamp(2 * _congestion.Bytes, 128 * 1024, UtpLimits.SendCapacity) - _bytes.Count);

    /// <summary>When a byte of ours was last acknowledged, or the first one began to wait.</summary>
    public long ProgressAt { get; private set; }

    public bool IsFinAcked => _finSent && _packets.Count == 0;

    /// <summary>A packet waits for nothing but its moment: ask again in <see cref="Pacing.Interval"/>.</summary>
    public bool IsPaced { get; private set; }

    /// <summary>Nobody answers.</summary>
    public bool IsDead { get; private set; }

    private bool IsIdle => _bytes.Count == 0 && _packets.Count == 0;

    public int Write(ReadOnlySpan<byte> bytes, long now)
    {
        var count = Math.Min(bytes.Length, Free);
        if (count > 0)
        {
            if (IsIdle)
            {
                ProgressAt = now;
            }
            _bytes.Write(bytes[..count]);
        }
        return count;
    }

    /// <summary>A FIN follows the last byte.</summary>
    public void Finish(long now)
    {
        if (IsIdle)
        {
            ProgressAt = now;
        }
        _finRequested = true;
    }

    /// <summary>True when the number is one that the other side can honestly send: of a packet that was sent, and not long ago.</summary>
    public bool IsPlausible(ushort ack) =>
        SequenceNumber.Distance(NextSequence, ack) < 0 && SequenceNumber.Distance(_oldest, ack) >= -UtpLimits.MaxPacketsAhead;

    /// <summary>Takes what a packet says about those that we sent.</summary>
    /// <param name="packet">Any packet of this connection whose ack is plausible.</param>
    /// <param name="now">Microseconds.</param>
    public void OnAck(in UtpPacket packet, long now)
    {
        var header = packet.Header;
        var newly = SequenceNumber.Distance(SequenceNumber.Add(_oldest, -1), header.Ack);
        if (newly < 0)
        {
            return;
        }
        // Each sign of life gives the path another chance; a stall has its own limit.
        _timeouts = 0;
        _peerWindow = header.Window;
        if (header.TimestampDifference != 0)
        {
            _queueing = _delays.Add(header.TimestampDifference, now);
        }
        var flight = Flight;
        var acked = 0;
        var isProgress = newly > 0;
        for (; newly > 0; newly--)
        {
            ref var first = ref _packets[0];
            acked += Deliver(ref first, now);
            _bytes.Discard(first.Length);
            _sentBytes -= first.Length;
            _packets.RemoveFirst();
            _oldest = SequenceNumber.Add(_oldest, 1);
            _firstLost = Math.Max(0, _firstLost - 1);
        }
        var selective = OnSelectiveAck(packet.SelectiveAck, now);
        if (isProgress)
        {
            _duplicates = 0;
            ProgressAt = now;
        }
        else if (header.Type == UtpPacketType.State && _packets.Count > 0 && ++_duplicates == DuplicateThreshold && packet.SelectiveAck.IsEmpty)
        {
            Lose(0);
        }
        acked += selective;
        if (isProgress || selective > 0)
        {
            RoundTrip.Restart();
            _timeoutAt = _packets.Count > 0 ? now + RoundTrip.Timeout : long.MaxValue;
        }
        if (acked > 0)
        {
            _congestion.OnAck(acked, flight, _queueing);
        }
    }

    public void OnTime(long now)
    {
        if (IsIdle && !(_finRequested && !_finSent))
        {
            return;
        }
        if (now - ProgressAt > UtpLimits.StallTimeout)
        {
            IsDead = true;
        }
        if (now >= _probeAt)
        {
            _mayProbe = true;
            _probeAt = long.MaxValue;
        }
        if (now < _timeoutAt)
        {
            return;
        }
        if (++_timeouts >= UtpLimits.MaxTransmissions)
        {
            IsDead = true;
            return;
        }
        for (var i = 0; i < _packets.Count; i++)
        {
            MarkLost(i);
        }
        _lastOfLoss = SequenceNumber.Add(NextSequence, -1);
        _congestion.OnTimeout();
        RoundTrip.BackOff();
        _timeoutAt = now + RoundTrip.Timeout;
    }

    /// <summary>The next packet that may be sent now: one that is lost, new bytes, or the FIN.</summary>
    /// <param name="payload">Takes the bytes of the stream.</param>
    /// <param name="now">Microseconds.</param>
    /// <param name="sequence">The packet's number.</param>
    /// <param name="length">Bytes in <paramref name="payload"/>; 0 means that it is the FIN.</param>
    public bool TryTake(Span<byte> payload, long now, out ushort sequence, out int length)
    {
        IsPaced = false;
        if (_lost > 0)
        {
            return TryResend(payload, now, out sequence, out length);
        }
        sequence = NextSequence;
        length = Math.Min(_bytes.Count - _sentBytes, UtpLimits.MaxPayload);
        var isFin = length == 0 && _finRequested && !_finSent;
        if ((length == 0 && !isFin) || _packets.Count >= UtpLimits.MaxPacketsAhead || !HasRoom(length, now) || IsTooEarly(now))
        {
            return false;
        }
        _bytes.Peek(_sentBytes, payload[..length]);
        _sentBytes += length;
        _finSent |= isFin;
        if (_packets.Count == 0)
        {
            _timeoutAt = now + RoundTrip.Timeout;
        }
        _packets.Add(new SentPacket { Length = length, SentAt = now, Transmissions = 1 });
        OnSent(length, now);
        return true;
    }

    public void Clear()
    {
        _bytes.Clear();
        _packets.Clear();
        _sentBytes = 0;
        _lost = 0;
        Flight = 0;
        IsPaced = false;
    }

    private bool HasRoom(int length, long now)
    {
        if (Flight == 0 && _packets.Count == 0 && now - _lastSentAt > RoundTrip.Timeout)
        {
            _congestion.OnIdle();
        }
        if (Flight + length <= Math.Min(_congestion.Bytes, _peerWindow))
        {
            _probeAt = long.MaxValue;
            return true;
        }
        if (_packets.Count > 0)
        {
            return false;
        }
        // Only the peer's window is in the way. The packet that opens it may be lost, so it is tried now and then.
        if (_mayProbe)
        {
            _mayProbe = false;
            return true;
        }
        if (_probeAt == long.MaxValue)
        {
            _probeAt = now + RoundTrip.Timeout;
        }
        return false;
    }

    private bool TryResend(Span<byte> payload, long now, out ushort sequence, out int length)
    {
        while (!_packets[_firstLost].IsLost)
        {
            _firstLost++;
        }
        ref var packet = ref _packets[_firstLost];
        sequence = SequenceNumber.Add(_oldest, _firstLost);
        length = packet.Length;
        if (Flight > 0 && (Flight + length > _congestion.Bytes || IsTooEarly(now)))
        {
            return false;
        }
        _bytes.Peek(OffsetOf(_firstLost), payload[..length]);
        packet.IsLost = false;
        packet.Transmissions++;
        packet.SentAt = now;
        _lost--;
        OnSent(length, now);
        return true;
    }

    private bool IsTooEarly(long now) => IsPaced = !_pacing.IsOpen(_congestion.Bytes, _congestion.Pace, RoundTrip.Smoothed, now);

    private void OnSent(int length, long now)
    {
        Flight += length;
        _pacing.OnSent(length);
        _lastSentAt = now;
    }

    private int OffsetOf(int position)
    {
        var offset = 0;
        for (var i = 0; i < position; i++)
        {
            offset += _packets[i].Length;
        }
        return offset;
    }

    /// <returns>Bytes that arrived.</returns>
    private int OnSelectiveAck(ReadOnlySpan<byte> bits, long now)
    {
        var acked = 0;
        // The first bit is about the second packet under way; bits about packets that were never sent mean nothing.
        var last = Math.Min(_packets.Count - 1, bits.Length * 8);
        for (var position = 1; position <= last; position++)
        {
            if (SelectiveAck.IsSet(bits, position - 1) && !_packets[position].IsAcked)
            {
                acked += Deliver(ref _packets[position], now);
            }
        }
        if (bits.IsEmpty)
        {
            return 0;
        }
        var behind = 0;
        // A copy that was sent again is lost when one that left a good while later is there.
        var reordering = (RoundTrip.Smoothed / 4) + UtpLimits.Millisecond;
        for (var position = last; position >= 0; position--)
        {
            ref var packet = ref _packets[position];
            if (packet.IsAcked)
            {
                behind++;
            }
            else if (!packet.IsLost
                && (packet.Transmissions == 1 ? behind >= DuplicateThreshold : packet.SentAt + reordering < _latestDelivered))
            {
                Lose(position);
            }
        }
        return acked;
    }

    private int Deliver(ref SentPacket packet, long now)
    {
        if (packet.IsAcked)
        {
            return 0;
        }
        packet.IsAcked = true;
        if (packet.IsLost)
        {
            packet.IsLost = false;
            _lost--;
        }
        else
        {
            Flight -= packet.Length;
        }
        if (packet.Transmissions == 1)
        {
            RoundTrip.Add(now - packet.SentAt);
        }
        _latestDelivered = Math.Max(_latestDelivered, packet.SentAt);
        return packet.Length;
    }

    private void Lose(int position)
    {
        if (!MarkLost(position))
        {
            return;
        }
        if (SequenceNumber.Distance(_lastOfLoss, SequenceNumber.Add(_oldest, position)) > 0)
        {
            _lastOfLoss = SequenceNumber.Add(NextSequence, -1);
            _congestion.OnLoss();
        }
    }

    private bool MarkLost(int position)
    {
        ref var packet = ref _packets[position];
        if (packet.IsAcked || packet.IsLost)
        {
            return false;
        }
        packet.IsLost = true;
        Flight -= packet.Length;
        _firstLost = _lost == 0 ? position : Math.Min(_firstLost, position);
        _lost++;
        return true;
    }
}
