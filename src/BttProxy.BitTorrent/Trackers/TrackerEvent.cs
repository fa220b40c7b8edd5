namespace BttProxy.BitTorrent.Trackers;

/// <summary>What an announce tells beside its numbers; the values are those of BEP 15.</summary>
internal enum TrackerEvent
{
    None = 0,
    Completed = 1,
    Started = 2,
    Stopped = 3,
}
