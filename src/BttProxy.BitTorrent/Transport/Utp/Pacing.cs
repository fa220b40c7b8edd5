namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>
/// Spreads a window over its round trip: a window sent at once overflows the receiver's socket (libtorrent's holds about a hundred packets) and
/// the queues of home routers, and each loss halves the window.
/// </summary>
internal sealed class Pacing
{
    /// <summary>How often somebody looks whether the next packets may go.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    // What may always go at once, and for how long a late timer is made up for.
    private const double SmallestBurst = 32 * UtpLimits.MaxPayload;
    private const double LongestBurst = 4 * UtpLimits.Millisecond;

    private double _credit = SmallestBurst;
    private long _filledAt;

    /// <summary>True when packets may go now.</summary>
    /// <param name="window">Bytes that may be under way.</param>
    /// <param name="share">How much faster than one window in a round trip: the window must be able to grow.</param>
    /// <param name="roundTrip">0 when it is not known.</param>
    /// <param name="now">Microseconds.</param>
    public bool IsOpen(int window, double share, long roundTrip, long now)
    {
        var rate = share * window / Math.Max(1, roundTrip);
        _credit = Math.Min(_credit + ((now - _filledAt) * rate), Math.Max(SmallestBurst, rate * LongestBurst));
        _filledAt = now;
        return _credit > 0;
    }

    public void OnSent(int bytes) => _credit -= bytes;
}
