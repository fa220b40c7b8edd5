namespace BttProxy.BitTorrent.Swarm;

/// <summary>Tells a peer that trickles from one that delivers: the block timeout alone is met by one block now and then.</summary>
internal sealed class MinimumRate
{
    private long? _since;
    private long _totalBefore;

    /// <summary>Called again and again while the peer is connected.</summary>
    /// <param name="owes">True when the peer has requests of ours; only such time counts.</param>
    /// <param name="total">Bytes received from it so far.</param>
    /// <param name="now">Milliseconds.</param>
    /// <param name="options">The rate and the time over which it is measured.</param>
    public bool IsMissed(bool owes, long total, long now, SwarmOptions options)
    {
        if (!owes)
        {
            _since = null;
            return false;
        }
        var elapsed = now - (_since ??= Begin(total, now));
        if (elapsed < options.MinPeerRateWindow.TotalMilliseconds)
        {
            return false;
        }
        var missed = (total - _totalBefore) * 1000 < options.MinPeerRate * elapsed;
        _since = Begin(total, now);
        return missed;
    }

    private long Begin(long total, long now)
    {
        _totalBefore = total;
        return now;
    }
}
