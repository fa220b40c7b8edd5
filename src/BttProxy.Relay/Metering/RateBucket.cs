namespace BttProxy.Relay.Metering;

/// <summary>Holds writers to a rate: each takes what it is about to write, and is told how long to wait first.</summary>
internal sealed class RateBucket
{
    // So much may pass at once after a pause.
    private const double BurstSeconds = 0.25;

    // Pieces of a write, so that many writers of one bucket take turns.
    private const double StepSeconds = 0.05;
    private const int MinStep = 1024;
    private const int MaxStep = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private double _balance;
    private long _at;

    public RateBucket(long bytesPerSecond, TimeProvider time)
    {
        (Rate, _time, _at, _balance) = (bytesPerSecond, time, time.GetTimestamp(), bytesPerSecond * BurstSeconds);
        Step = (int)Math.Clamp(bytesPerSecond * StepSeconds, MinStep, MaxStep);
    }

    public long Rate { get; }

    /// <summary>The most that should be taken at a time.</summary>
    public int Step { get; }

    public TimeSpan Take(int count)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            _balance = Math.Min(Rate * BurstSeconds, _balance + (_time.GetElapsedTime(_at, now).TotalSeconds * Rate)) - count;
            _at = now;
            return _balance >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_balance / Rate);
        }
    }
}
