namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>The round trip and the retransmission timeout made of it (RFC 6298), in microseconds.</summary>
internal sealed class RoundTrip
{
    private long _variation;
    private long _timeout = UtpLimits.FirstTimeout;

    /// <summary>0 before the first sample.</summary>
    public long Smoothed { get; private set; }

    public long Timeout => Math.Min(UtpLimits.MaxTimeout, _timeout << BackOffs);

    /// <summary>Timeouts in a row; each doubles the next.</summary>
    public int BackOffs { get; private set; }

    /// <param name="sample">Of a packet that was sent once: of others it is not known which copy was answered.</param>
    public void Add(long sample)
    {
        if (Smoothed == 0)
        {
            Smoothed = Math.Max(1, sample);
            _variation = sample / 2;
        }
        else
        {
            _variation += (Math.Abs(Smoothed - sample) - _variation) / 4;
            Smoothed = Math.Max(1, Smoothed + ((sample - Smoothed) / 8));
        }
        _timeout = Math.Clamp(Smoothed + (4 * _variation), UtpLimits.MinTimeout, UtpLimits.MaxTimeout);
    }

    public void BackOff() => BackOffs = Math.Min(BackOffs + 1, UtpLimits.MaxTransmissions);

    public void Restart() => BackOffs = 0;
}
