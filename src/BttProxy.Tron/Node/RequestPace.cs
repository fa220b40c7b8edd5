namespace BttProxy.Tron.Node;

/// <summary>Spaces the requests to one node, and leaves it alone for longer and longer while it fails. Thread-safe.</summary>
internal sealed class RequestPace(int requestsPerSecond, TimeProvider timeProvider)
{
    // TronGrid shuts out for 5 to 30 seconds who asks too often.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly TimeSpan _gap = TimeSpan.FromSeconds(1) / requestsPerSecond;
    private DateTimeOffset _next;
    private TimeSpan _pause = FirstPause;

    /// <summary>How long the next request has to wait; its place is taken.</summary>
    /// <param name="longest">False when it would have to wait longer, and no place is taken.</param>
    /// <param name="wait">How long.</param>
    public bool TryTake(TimeSpan longest, out TimeSpan wait)
    {
        lock (_gate)
        {
            var now = timeProvider.GetUtcNow();
            var at = _next > now ? _next : now;
            wait = at - now;
            if (wait > longest)
            {
                return false;
            }

            _next = at + _gap;
            return true;
        }
    }

    public void Succeeded()
    {
        lock (_gate)
        {
            _pause = FirstPause;
        }
    }

    public void Failed()
    {
        lock (_gate)
        {
            var resumes = timeProvider.GetUtcNow() + _pause;
            _next = resumes > _next ? resumes : _next;
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }
    }
}
