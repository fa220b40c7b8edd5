namespace BttProxy.BitTorrent.Swarm;

/// <summary>Counts places that are taken at once. Thread-safe.</summary>
internal sealed class ConnectionLimit(int limit)
{
    private int _taken;

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= limit)
        {
            return true;
        }
        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void Return() => Interlocked.Decrement(ref _taken);
}
