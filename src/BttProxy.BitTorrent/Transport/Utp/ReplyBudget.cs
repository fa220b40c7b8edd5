namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>How many packets per second may go to strangers, in one second's bursts. Not thread-safe.</summary>
internal sealed class ReplyBudget(int perSecond)
{
    private double _left = perSecond;
    private long _filledAt;

    public bool TryTake(long now)
    {
        _left = Math.Min(perSecond, _left + ((double)(now - _filledAt) / UtpLimits.Second * perSecond));
        _filledAt = now;
        if (_left < 1)
        {
            return false;
        }
        _left--;
        return true;
    }
}
