namespace BttProxy.UnitTests.BitTorrent.Dht.Churn;

/// <summary>A clock that jumps from event to event: a day passes as fast as what happens in it can be computed.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Now => new(GetTimestamp());

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Schedule(TimeSpan delay, Action happening)
    {
        lock (_gate)
        {
            _events.Enqueue(happening, (_now + delay.Ticks, _order++));
        }
    }

    /// <summary>Timers of the nodes that have fired.</summary>
    public long Fired { get; private set; }

    /// <summary>Jumps to the next event, and lets all happen that is due up to <paramref name="slice"/> later.</summary>
    public void Step(TimeSpan slice)
    {
        long end;
        lock (_gate)
        {
            _events.TryPeek(out _, out var next);
            end = next.At + slice.Ticks;
        }
        while (TakeDue(end) is { } happening)
        {
            happening();
        }
        Interlocked.Exchange(ref _now, end);
    }

    private Action? TakeDue(long end)
    {
        lock (_gate)
        {
            if (!_events.TryPeek(out _, out var when) || when.At > end)
            {
                return null;
            }
            Interlocked.Exchange(ref _now, Math.Max(_now, when.At));
            return _events.Dequeue();
        }
    }

    private sealed class Timer(SimulatedTime time, Action callback) : ITimer
    {
        private long _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero)
            {
                throw new NotSupportedException("The node has no periodic timers.");
            }
            var version = Interlocked.Increment(ref _version);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                time.Schedule(dueTime, () =>
                {
                    if (Interlocked.Read(ref _version) == version)
                    {
                        time.Fired++;
                        callback();
                    }
                });
            }
            return true;
        }

        public void Dispose() => Interlocked.Increment(ref _version);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
