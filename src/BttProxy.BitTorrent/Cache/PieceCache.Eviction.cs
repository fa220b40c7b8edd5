using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Cache;

internal sealed partial class PieceCache
{
    /// <summary>Brings what is held within the budgets, as far as something can go.</summary>
    private async Task EvictAsync(CancellationToken cancellationToken)
    {
        if (Next(long.MaxValue) is null)
        {
            return;
        }
        await _evicting.WaitAsync(cancellationToken);
        Turn? turn = null;
        try
        {
            long begin;
            lock (_gate)
            {
                begin = NextStamp();
            }
            while (Next(begin) is { } victim)
            {
                if (turn?.Torrent != victim.Torrent)
                {
                    End(turn);
                    turn = null;
                    turn = TryBegin(victim.Torrent);
                }
                if (turn is null || !await EvictAsync(turn, victim, cancellationToken))
                {
                    Spare(victim);
                }
            }
        }
        finally
        {
            End(turn);
            _evicting.Release();
        }
    }

    /// <summary>Keeps a torrent as it is, in a swarm or in none, while units of it go.</summary>
    /// <returns>Null when somebody opens or closes it: then it is in use.</returns>
    private Turn? TryBegin(CachedTorrent torrent)
    {
        if (!torrent.Use.Wait(0, CancellationToken.None))
        {
            return null;
        }
        StoredTorrent? content = null;
        try
        {
            content = torrent.Open is null ? StoredTorrent.Open(_directory, torrent.InfoHash) : null;
        }
        catch (TorrentStorageException exception)
        {
            LogEvictionFailed(_logger, exception);
        }
        return new Turn(torrent, torrent.Open, content);
    }

    private void End(Turn? turn)
    {
        if (turn is not null)
        {
            turn.Content?.Dispose();
            turn.Torrent.Use.Release();
            ForgetIfEmpty(turn.Torrent);
        }
    }

    /// <returns>False when the unit is in use.</returns>
    private async Task<bool> EvictAsync(Turn turn, Victim victim, CancellationToken cancellationToken)
    {
        var pieces = victim.Torrent.PiecesOf(victim.Unit);
        try
        {
            if (turn.Open is { Store: { } store } state)
            {
                return await store.EvictAsync(pieces, () => TryClaim(state, store, victim, pieces), cancellationToken);
            }
            Count(victim);
            Drop(victim.Torrent, turn.Content?.Evict(pieces) ?? []);
        }
        catch (TorrentStorageException exception)
        {
            // It counts as gone: what lies there is given back when the torrent is opened after this process, or when all of it goes.
            LogEvictionFailed(_logger, exception);
        }
        return true;
    }

    private bool TryClaim(TorrentState state, PieceStore store, Victim victim, PieceRange pieces)
    {
        lock (state.Gate)
        {
            if (state.Schedule!.IsInWindow(pieces) || !store.TryForget(pieces))
            {
                return false;
            }
            Count(victim);
            return true;
        }
    }

    private Victim? Next(long before)
    {
        lock (_gate)
        {
            return _index.Next(before);
        }
    }

    /// <summary>It is in use, so it was used now.</summary>
    private void Spare(Victim victim)
    {
        lock (_gate)
        {
            if (victim.Torrent.Units.Contains(victim.Unit))
            {
                _index.Use(victim.Torrent, victim.Unit, NextStamp());
            }
        }
    }

    private void Count(Victim victim)
    {
        var bytes = victim.Torrent.SizeOf(victim.Unit);
        lock (_gate)
        {
            _index.Drop(victim.Torrent, victim.Unit);
            _evictedBytes += bytes;
        }
        _metrics.Evicted(victim.Reason, bytes);
    }

    private void Drop(CachedTorrent torrent, List<PieceRange> gone)
    {
        lock (_gate)
        {
            foreach (var pieces in gone)
            {
                for (var unit = torrent.UnitOf(pieces.First); unit <= torrent.UnitOf(pieces.End - 1); unit++)
                {
                    _index.Drop(torrent, unit);
                }
            }
        }
    }

    /// <summary>Removes a torrent from disk that holds nothing and is in no swarm.</summary>
    private void ForgetIfEmpty(CachedTorrent torrent)
    {
        if (!torrent.Use.Wait(0, CancellationToken.None))
        {
            // Whoever has it looks again at its end.
            return;
        }
        try
        {
            lock (_gate)
            {
                if (torrent.Open is not null || torrent.IsPinned || torrent.Units.Count > 0 || _index.Find(torrent.InfoHash) != torrent)
                {
                    return;
                }
                _index.Remove(torrent);
            }
            StoredTorrent.Delete(_directory, torrent.InfoHash);
        }
        catch (TorrentStorageException exception)
        {
            LogEvictionFailed(_logger, exception);
        }
        finally
        {
            torrent.Use.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Disk space of pieces that were given up could not be freed")]
    private static partial void LogEvictionFailed(ILogger logger, Exception exception);

    /// <param name="Torrent">The torrent.</param>
    /// <param name="Open">What to take units from when it is in a swarm.</param>
    /// <param name="Content">What to take units from when it is not.</param>
    private sealed record Turn(CachedTorrent Torrent, TorrentState? Open, StoredTorrent? Content);
}
