using BttProxy.BitTorrent.Swarm;

namespace BttProxy.Relay.Worker;

/// <summary>Keeps a torrent in the swarm while a request uses it.</summary>
internal sealed class TorrentLease(TorrentCatalog catalog, TorrentUse use) : IDisposable
{
    private bool _released;

    public Torrent Torrent => use.Torrent;

    public void Dispose()
    {
        if (!_released)
        {
            _released = true;
            catalog.Release(use);
        }
    }
}
