using BttProxy.BitTorrent.Swarm;

namespace BttProxy.Relay.Worker;

/// <summary>How much a torrent is used; changed under the catalog's lock.</summary>
internal sealed class TorrentUse(Torrent torrent)
{
    public Torrent Torrent { get; } = torrent;

    public int Users { get; set; }

    /// <summary>Timestamp of the last release.</summary>
    public long LastUsed { get; set; }
}
