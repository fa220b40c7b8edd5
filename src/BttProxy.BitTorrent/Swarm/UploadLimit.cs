namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Spreads what all connections of an engine send over time. Who asks is served in the order of asking; a connection that was idle saves
/// up nothing beyond a fifth of a second of everybody's rate. Thread-safe.
/// </summary>
/// <param name="bytesPerSecond">Null: no limit.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class UploadLimit(long? bytesPerSecond, TimeProvider timeProvider)
{
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly long _start = timeProvider.GetTimestamp();
    private TimeSpan _spentUntil = TimeSpan.MinValue;

    /// <summary>The largest piece of work that is worth one wait: below it connections take turns too seldom, above too often.</summary>
    public int BatchBytes { get; } = bytesPerSecond is { } rate ? (int)Math.Clamp(rate / 10, 16 * 1024, 256 * 1024) : 256 * 1024;

    public bool IsLimited => bytesPerSecond is not null;

    /// <summary>Waits until so many bytes may be sent.</summary>
    /// <exception cref="OperationCanceledException">Their place in the order is lost for nobody else.</exception>
    public async Task WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        var delay = Spend(bytes);
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, timeProvider, cancellationToken);
        }
    }

    private TimeSpan Spend(int bytes)
    {
        if (bytesPerSecond is not { } rate)
        {
            return TimeSpan.Zero;
        }
        lock (_gate)
        {
            var now = timeProvider.GetElapsedTime(_start);
            var begin = _spentUntil > now - Burst ? _spentUntil : now - Burst;
            _spentUntil = begin + TimeSpan.FromTicks((long)((Int128)bytes * TimeSpan.TicksPerSecond / rate));
            return begin - now;
        }
    }
}
