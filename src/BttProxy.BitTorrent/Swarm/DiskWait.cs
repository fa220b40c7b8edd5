using BttProxy.BitTorrent.Storage;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>One torrent while its volume is at the floor. Under the torrent's lock.</summary>
internal sealed class DiskWait(TorrentState torrent, OpenedSignal opened)
{
    private bool _isWaiting;

    /// <summary>Whoever waits hears that the volume came to its floor; when there is space again, all can be as before.</summary>
    /// <param name="isUnopened">The torrent's metadata is not here.</param>
    public void Tick(bool isUnopened)
    {
        var failure = torrent.Context.Disk.Failure;
        if (_isWaiting == failure is not null)
        {
            return;
        }
        _isWaiting = failure is not null;
        if (failure is null)
        {
            if (isUnopened && opened.Failure is TorrentStorageException)
            {
                opened.TryAgain();
            }
            return;
        }
        torrent.Download.ReleaseAll();
        torrent.Completion.WakeReaders();
        if (isUnopened)
        {
            opened.Fail(failure);
        }
    }
}
