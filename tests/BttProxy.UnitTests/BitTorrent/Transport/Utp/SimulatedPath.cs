using BttProxy.BitTorrent.Transport.Utp;

namespace BttProxy.UnitTests.BitTorrent.Transport.Utp;

/// <summary>One direction of a network: a bottleneck with a queue, a distance, and what goes wrong on the way.</summary>
internal sealed class SimulatedPath(Random random)
{
    private readonly PriorityQueue<byte[], long> _onTheWay = new();
    private long _freeAt;

    public long Delay { get; init; } = 10 * UtpLimits.Millisecond;

    public long Jitter { get; init; }

    public double Loss { get; set; }

    public double Duplication { get; init; }

    /// <summary>Bytes per second.</summary>
    public long Rate { get; init; } = 100_000_000;

    /// <summary>How long a packet may wait before the bottleneck; what would wait longer is lost.</summary>
    public long MaxQueueing { get; init; } = UtpLimits.Second;

    public int Sent { get; private set; }

    /// <summary>How long the last packet waited.</summary>
    public long Queueing { get; private set; }

    public void Send(ReadOnlySpan<byte> datagram, long now)
    {
        Sent++;
        var waits = QueueAt(now);
        if (random.NextDouble() < Loss || waits > MaxQueueing)
        {
            return;
        }
        Queueing = waits;
        _freeAt = now + waits + (datagram.Length * UtpLimits.Second / Rate);
        for (var copies = random.NextDouble() < Duplication ? 2 : 1; copies > 0; copies--)
        {
            _onTheWay.Enqueue(datagram.ToArray(), _freeAt + Delay + (long)(random.NextDouble() * Jitter));
        }
    }

    public long QueueAt(long now) => Math.Max(0, _freeAt - now);

    /// <summary>Somebody else's traffic on the same bottleneck.</summary>
    public void Occupy(int bytes, long now) => _freeAt = Math.Max(_freeAt, now) + (bytes * UtpLimits.Second / Rate);

    public bool TryReceive(long now, out byte[] datagram)
    {
        datagram = [];
        return _onTheWay.TryPeek(out _, out var at) && at <= now && _onTheWay.TryDequeue(out datagram!, out _);
    }
}
