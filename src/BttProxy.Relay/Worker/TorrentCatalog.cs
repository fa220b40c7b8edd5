using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Policies;

namespace BttProxy.Relay.Worker;

/// <summary>The torrents that clients ask for, each in the swarm while somebody uses it.</summary>
internal sealed class TorrentCatalog(SwarmEngine swarm, CurrentPolicy policy, WorkerOptions options, RelayMetrics metrics, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<InfoHash, TorrentUse> _inUse = [];

    /// <summary>All places are taken; one comes free when nobody has used its torrent for ten seconds.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _inUse.Count >= options.MaxTorrents && _inUse.Values.All(use => use.Users > 0);
            }
        }
    }

    /// <summary>Joins the torrent's swarm and holds it there until the lease is disposed.</summary>
    /// <returns>Null when the operator does not carry the torrent or no more torrents fit.</returns>
    public TorrentLease? TryLease(InfoHash infoHash, out bool isDenied)
    {
        isDenied = !policy.Policy.Allows(infoHash);
        if (isDenied)
        {
            return null;
        }

        lock (_lock)
        {
            if (!_inUse.TryGetValue(infoHash, out var use))
            {
                if (_inUse.Count >= options.MaxTorrents)
                {
                    return null;
                }

                use = new TorrentUse(swarm.Add(infoHash));
                _inUse.Add(infoHash, use);
            }

            use.Users++;
            return new TorrentLease(this, use);
        }
    }

    /// <summary>Largest torrent that is carried; null without a limit.</summary>
    public long? MaxTorrentBytes => policy.Policy.MaxTorrentBytes;

    /// <summary>The torrent's metadata, or null when the swarm did not give it in time.</summary>
    public async Task<TorrentInfo?> MetadataAsync(TorrentLease lease, CancellationToken cancellationToken)
    {
        var metadata = lease.Torrent.MetadataAsync(cancellationToken);
        if (metadata.IsCompletedSuccessfully)
        {
            return await metadata;
        }

        var start = time.GetTimestamp();
        try
        {
            return await metadata.WaitAsync(options.MetadataTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            metrics.Stalled(StallPhase.Metadata, time.GetElapsedTime(start));
        }
    }

    /// <summary>The torrents that are joined, and how many requests use each now.</summary>
    public IReadOnlyList<(Torrent Torrent, int Users)> InUse()
    {
        lock (_lock)
        {
            return [.. _inUse.Values.Select(static use => (use.Torrent, use.Users))];
        }
    }

    /// <summary>Leaves the swarms that nobody has used for a while, or that the operator does not carry any more.</summary>
    public async Task DropIdleAsync()
    {
        List<TorrentUse> idle;
        lock (_lock)
        {
            // When all places are taken, a torrent that nobody reads gives its place up at once.
            var patience = _inUse.Count < options.MaxTorrents ? options.IdleTimeout : TimeSpan.FromSeconds(10);
            idle = [.. _inUse.Values.Where(u => u.Users == 0 && (time.GetElapsedTime(u.LastUsed) > patience || !policy.Policy.Allows(u.Torrent.InfoHash)))];
            idle.ForEach(u => _inUse.Remove(u.Torrent.InfoHash));
        }

        foreach (var use in idle)
        {
            await swarm.RemoveAsync(use.Torrent.InfoHash);
        }
    }

    public void Release(TorrentUse use)
    {
        lock (_lock)
        {
            use.Users--;
            use.LastUsed = time.GetTimestamp();
        }
    }
}
