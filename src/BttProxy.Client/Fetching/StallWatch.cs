namespace BttProxy.Client.Fetching;

/// <summary>
/// Notices that a relay keeps us waiting. Two time stamps per read instead of a timer per read; one task looks at them.
/// </summary>
internal sealed class StallWatch(TimeSpan firstByte, TimeSpan nextByte, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private long _since;
    private bool _isFirst;

    public bool HasStalled { get; private set; }

    /// <summary>Waiting for a response to begin, until disposed.</summary>
    public Waiting FirstByte() => Begin(isFirst: true);

    /// <summary>Waiting for more of a response, until disposed.</summary>
    public Waiting NextByte() => Begin(isFirst: false);

    /// <summary>Cancels the source when a wait took too long; returns then or when cancelled.</summary>
    public async Task RunAsync(CancellationTokenSource source)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(source.Token))
            {
                var since = Volatile.Read(ref _since);
                if (since != 0 && timeProvider.GetElapsedTime(since) > (Volatile.Read(ref _isFirst) ? firstByte : nextByte))
                {
                    HasStalled = true;
                    await source.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The visit is over.
        }
    }

    private Waiting Begin(bool isFirst)
    {
        Volatile.Write(ref _isFirst, isFirst);
        Volatile.Write(ref _since, Math.Max(1, timeProvider.GetTimestamp()));
        return new Waiting(this);
    }

    internal readonly struct Waiting(StallWatch watch) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref watch._since, 0);
    }
}
