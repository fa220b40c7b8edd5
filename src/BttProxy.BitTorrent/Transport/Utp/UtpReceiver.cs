using System.Buffers;

namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>
/// The receiving half of a connection: puts packets in order and keeps their bytes until somebody reads them, never more than
/// <see cref="UtpLimits.ReceiveCapacity"/>.
/// </summary>
/// <param name="firstSequence">Of the first packet that carries bytes.</param>
/// <param name="memory">Bounds what waits behind missing packets; without room, that is dropped and has to come again.</param>
internal sealed class UtpReceiver(ushort firstSequence, ReassemblyMemory memory)
{
    // What is full when the last window was told opens for the peer only when we say so.
    private const int LowWindow = UtpLimits.ReceiveCapacity / 4;

    private readonly ByteRing _ready = new();
    private (byte[] Bytes, int Length)[] _ahead = [];
    private int _aheadBytes;
    private int _aheadCount;
    private int _furthest;
    private int? _finAfter;
    private int _toldWindow = UtpLimits.ReceiveCapacity;

    /// <summary>Of the last packet that came in order.</summary>
    public ushort Ack { get; private set; } = SequenceNumber.Add(firstSequence, -1);

    /// <summary>The peer has sent its last byte and all before it are here.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Bytes that can be read.</summary>
    public int Ready => _ready.Count;

    /// <summary>Something is missing before packets that are here.</summary>
    public bool HasGap => _aheadCount > 0;

    public bool IsWindowUpdateDue => _toldWindow < LowWindow && Window >= 2 * LowWindow;

    private int Window => Math.Max(0, UtpLimits.ReceiveCapacity - _ready.Count - _aheadBytes);

    /// <summary>What to tell the peer now.</summary>
    public uint TellWindow() => (uint)(_toldWindow = Window);

    /// <summary>Takes a packet, or drops it when it is here already, too far ahead, or more than was allowed.</summary>
    public void Accept(ushort sequence, ReadOnlySpan<byte> payload, bool isFin)
    {
        var position = SequenceNumber.Distance(Ack, sequence) - 1;
        if (position < 0 || position >= UtpLimits.MaxPacketsAhead || IsComplete || position > _finAfter
            || (isFin && position < _furthest))
        {
            return;
        }
        // A packet more than told: a peer may round up.
        if (_ready.Count + _aheadBytes + payload.Length > UtpLimits.ReceiveCapacity + UtpLimits.MaxPayload)
        {
            return;
        }
        if (isFin)
        {
            _finAfter = position;
        }
        if (position == 0)
        {
            _ready.Write(payload);
            Advance();
            TakeAhead();
        }
        else
        {
            Keep(sequence, position, payload);
        }
    }

    public int Read(Span<byte> target) => _ready.Read(target);

    /// <summary>Writes which packets behind the missing one are here.</summary>
    /// <returns>Bytes written, 0 when none are.</returns>
    public int WriteSelectiveAck(Span<byte> target)
    {
        if (_aheadCount == 0)
        {
            return 0;
        }
        var bits = target[..SelectiveAck.LengthFor(_furthest)];
        bits.Clear();
        for (var position = 1; position <= _furthest; position++)
        {
            if (Slot(position).Bytes is not null)
            {
                SelectiveAck.Set(bits, position - 1);
            }
        }
        return bits.Length;
    }

    public void Clear()
    {
        _ready.Clear();
        DropAhead();
    }

    /// <summary>Nothing more comes, so what waits behind a missing packet never gets its turn.</summary>
    public void DropAhead()
    {
        foreach (var (bytes, _) in _ahead)
        {
            if (bytes is not null)
            {
                Release(bytes);
            }
        }
        _ahead = [];
        _aheadBytes = 0;
        _aheadCount = 0;
    }

    private ref (byte[] Bytes, int Length) Slot(int position) => ref _ahead[(Ack + 1 + position) & (UtpLimits.MaxPacketsAhead - 1)];

    private void Keep(ushort sequence, int position, ReadOnlySpan<byte> payload)
    {
        if (_ahead.Length == 0)
        {
            _ahead = new (byte[], int)[UtpLimits.MaxPacketsAhead];
        }
        ref var slot = ref _ahead[sequence & (UtpLimits.MaxPacketsAhead - 1)];
        if (slot.Bytes is not null)
        {
            return;
        }
        var bytes = ArrayPool<byte>.Shared.Rent(payload.Length);
        if (!memory.TryTake(bytes.Length))
        {
            ArrayPool<byte>.Shared.Return(bytes);
            return;
        }
        payload.CopyTo(bytes);
        slot = (bytes, payload.Length);
        _aheadBytes += payload.Length;
        _aheadCount++;
        _furthest = Math.Max(_furthest, position);
    }

    private void TakeAhead()
    {
        while (_aheadCount > 0 && !IsComplete && Slot(0) is { Bytes: not null } next)
        {
            Slot(0) = default;
            _aheadCount--;
            _aheadBytes -= next.Length;
            _ready.Write(next.Bytes.AsSpan(0, next.Length));
            Release(next.Bytes);
            Advance();
        }
    }

    private void Release(byte[] bytes)
    {
        memory.Return(bytes.Length);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Advance()
    {
        Ack = SequenceNumber.Add(Ack, 1);
        _furthest = Math.Max(0, _furthest - 1);
        IsComplete = _finAfter == 0;
        _finAfter--;
    }
}
