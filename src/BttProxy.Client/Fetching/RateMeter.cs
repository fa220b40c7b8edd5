namespace BttProxy.Client.Fetching;

/// <summary>Bytes per second over the last five seconds. Thread-safe.</summary>
internal sealed class RateMeter(TimeProvider timeProvider)
{
    private const int Samples = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Queue<(long At, long Bytes)> _samples = new();
    private (long At, long Bytes) _last;

    /// <summary>Takes the running total, at any pace, and returns the rate.</summary>
    public double Sample(long total)
    {
        lock (_gate)
        {
            var now = timeProvider.GetTimestamp();
            if (_samples.Count == 0 || timeProvider.GetElapsedTime(_last.At, now) >= Interval)
            {
                _last = (now, total);
                _samples.Enqueue(_last);
                if (_samples.Count > Samples)
                {
                    _samples.Dequeue();
                }
            }

            var first = _samples.Peek();
            var elapsed = timeProvider.GetElapsedTime(first.At, now).TotalSeconds;
            return elapsed > 0 ? Math.Max(0, total - first.Bytes) / elapsed : 0;
        }
    }
}
