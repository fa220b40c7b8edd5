namespace BttProxy.BitTorrent.Swarm;

/// <summary>Milliseconds of a steady clock that does not follow the wall clock.</summary>
internal sealed class SwarmClock(TimeProvider timeProvider)
{
    private readonly long _start = timeProvider.GetTimestamp();

    public long Now => (long)timeProvider.GetElapsedTime(_start).TotalMilliseconds;
}
