using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// How many blocks to keep requested from one peer: rate times round trip must be under way at any time, or the link stands idle.
/// Begins with slow start, two more per received block while the rate grows, then holds what the peer sends in a few seconds.
/// </summary>
internal sealed class RequestPipeline(int limit)
{
    // Half a megabyte: at 200 ms of round trip each doubling that is left out saves a fifth of a second.
    public const int InitialDepth = 32;

    // Requests are no congestion control, which TCP does: too many cost nothing but a place in the peer's queue.
    private const int GrowthPerBlock = 2;
    private const int RoundMilliseconds = 500;
    // libtorrent's request_queue_time: the queue must outlast the peer's own scheduling.
    private const int QueueSeconds = 3;
    private const int QueueLimitWhenNotTold = 250;

    private int _limit = Math.Min(limit, QueueLimitWhenNotTold);
    private int _depth = InitialDepth;
    private bool _slowStart = true;
    private bool _snubbed;
    private long _roundEnds = long.MinValue;
    private long _bestRate;

    public int Depth => _snubbed ? 1 : Math.Min(_depth, _limit);

    public bool IsSnubbed => _snubbed;

    /// <summary>
    /// The peer told how many requests it keeps (reqq of BEP 10). An eighth is left free: Transmission drops what comes over its
    /// count, and requests that are on their way when it has answered others stand in that count twice.
    /// </summary>
    public void SetPeerLimit(int requestQueue) => _limit = Math.Clamp(requestQueue - (requestQueue / 8), 1, limit);

    public void OnBlock(RateMeter rate, long now)
    {
        if (_snubbed)
        {
            _snubbed = false;
            _slowStart = true;
            _depth = 2;
        }
        if (_roundEnds == long.MinValue)
        {
            _roundEnds = now + RoundMilliseconds;
        }
        if (_slowStart)
        {
            _depth = Math.Min(_depth + GrowthPerBlock, _limit);
        }
        if (now >= _roundEnds)
        {
            EndRound(rate.Rate(now), now);
        }
    }

    /// <summary>The peer let its requests time out.</summary>
    public void Snub() => _snubbed = true;

    private void EndRound(long rate, long now)
    {
        _roundEnds = now + RoundMilliseconds;
        if (rate <= _bestRate + (_bestRate / 10))
        {
            _slowStart = false;
        }
        _bestRate = Math.Max(_bestRate, rate);
        if (!_slowStart)
        {
            _depth = (int)Math.Clamp(rate * QueueSeconds / BlockRequest.BlockLength, InitialDepth, Math.Max(InitialDepth, _limit));
        }
    }
}
