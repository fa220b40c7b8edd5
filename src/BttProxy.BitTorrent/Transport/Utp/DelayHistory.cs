namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>
/// Tells the time that packets wait in queues from one-way delays. The clocks of both ends have nothing in common, so a delay only means
/// something beside the smallest of the last ten minutes (RFC 6817).
/// </summary>
internal sealed class DelayHistory
{
    // RFC 6817: BASE_HISTORY of 10 minutes, CURRENT_FILTER of at least 4 samples.
    private const int Minutes = 10;
    private const int Filter = 4;

    private readonly uint[] _minima = new uint[Minutes];
    private readonly uint[] _recent = new uint[Filter];
    private int _samples;
    private int _minute;
    private long _minuteBegan;

    /// <summary>Takes one delay, of a counter that wraps around, and returns how much of it is queueing now.</summary>
    public long Add(uint sample, long now)
    {
        if (_samples == 0)
        {
            Array.Fill(_minima, sample);
            Array.Fill(_recent, sample);
            _minuteBegan = now;
        }
        while (now - _minuteBegan >= 60 * UtpLimits.Second)
        {
            _minuteBegan += 60 * UtpLimits.Second;
            _minute = (_minute + 1) % Minutes;
            _minima[_minute] = sample;
        }
        _minima[_minute] = Smaller(_minima[_minute], sample);
        _recent[_samples++ & (Filter - 1)] = sample;
        return Math.Max(0, unchecked((int)(Smallest(_recent) - Smallest(_minima))));
    }

    private static uint Smallest(ReadOnlySpan<uint> delays)
    {
        var smallest = delays[0];
        foreach (var delay in delays[1..])
        {
            smallest = Smaller(smallest, delay);
        }
        return smallest;
    }

    private static uint Smaller(uint one, uint other) => unchecked((int)(one - other)) < 0 ? one : other;
}
