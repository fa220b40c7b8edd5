using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Tells whoever waits that a torrent is open, or why it is not; what failed can be tried again. Thread-safe.</summary>
internal sealed class OpenedSignal
{
    private volatile TaskCompletionSource<TorrentInfo> _source = Create();

    public Task<TorrentInfo> Task => _source.Task;

    /// <summary>Null while nothing failed.</summary>
    public Exception? Failure => _source.Task.Exception?.InnerException;

    public void Set(TorrentInfo info) => _source.TrySetResult(info);

    public void Fail(Exception failure) => _source.TrySetException(failure);

    /// <summary>A failure is past: who asks from now on waits.</summary>
    public void TryAgain()
    {
        if (_source.Task.IsFaulted)
        {
            _source = Create();
        }
    }

    /// <summary>Whoever waits hears of a failure; when nobody does, it is no unobserved exception.</summary>
    private static TaskCompletionSource<TorrentInfo> Create()
    {
        var source = new TaskCompletionSource<TorrentInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = source.Task.ContinueWith(
            static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return source;
    }
}
