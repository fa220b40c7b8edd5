namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>
/// How many bytes may be under way: LEDBAT (RFC 6817), which gives way before queues grow beyond <see cref="UtpLimits.TargetDelay"/>, begun
/// with a slow start and halved on loss like TCP.
/// </summary>
internal sealed class CongestionWindow
{
    private const int Segment = UtpLimits.MaxPayload;
    private const int First = 10 * Segment; // RFC 6928
    private const int Smallest = 2 * Segment;
    private const long SlowStartDelay = UtpLimits.TargetDelay * 3 / 4;

    private double _bytes = First;
    private double _threshold = UtpLimits.SendCapacity;
    private bool _isSlowStart = true;

    public int Bytes => (int)_bytes;

    /// <summary>Windows in a round trip that it takes to let the window grow.</summary>
    public double Pace => _isSlowStart ? 2 : 1.25;

    /// <param name="acked">Bytes that arrived for the first time.</param>
    /// <param name="flight">Bytes that were under way before.</param>
    /// <param name="queueing">Microseconds that packets wait on their way.</param>
    public void OnAck(int acked, int flight, long queueing)
    {
        // Who does not fill the window learns nothing about whether a larger one would do.
        var isFull = flight + (2 * Segment) >= _bytes;
        if (_isSlowStart && queueing > SlowStartDelay)
        {
            _isSlowStart = false;
        }
        if (_isSlowStart)
        {
            _bytes += isFull ? acked : 0;
            _isSlowStart = _bytes < _threshold;
        }
        else
        {
            var offTarget = (double)(UtpLimits.TargetDelay - queueing) / UtpLimits.TargetDelay;
            // At most halved in a round trip, however long somebody says that packets wait.
            var change = Math.Max(offTarget * Segment / _bytes, -0.5) * acked;
            _bytes += change < 0 || isFull ? change : 0;
        }
        _bytes = Math.Clamp(_bytes, Smallest, UtpLimits.SendCapacity);
    }

    /// <summary>Once for all losses of one round trip.</summary>
    public void OnLoss()
    {
        _bytes = Math.Max(Smallest, _bytes / 2);
        _threshold = _bytes;
        _isSlowStart = false;
    }

    /// <summary>Nothing came back at all.</summary>
    public void OnTimeout()
    {
        _threshold = Math.Max(Smallest, _bytes / 2);
        _bytes = Segment;
        _isSlowStart = true;
    }

    /// <summary>After a pause the window says nothing about the path any more.</summary>
    public void OnIdle()
    {
        if (_bytes > First)
        {
            _threshold = _bytes;
            _bytes = First;
            _isSlowStart = true;
        }
    }
}
