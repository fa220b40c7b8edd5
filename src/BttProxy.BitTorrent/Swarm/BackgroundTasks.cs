namespace BttProxy.BitTorrent.Swarm;

/// <summary>Owns tasks that run beside their starter: cancels and awaits them all at the end. Thread-safe.</summary>
internal sealed class BackgroundTasks : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _stopping = new();
    private bool _stopped;

    /// <summary>Starts the work unless the end has begun. The work handles its own errors; what escapes comes out of DisposeAsync.</summary>
    public void Run(Func<CancellationToken, Task> work)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }
            var task = Task.Run(() => work(_stopping.Token));
            _running.Add(task);
            task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }
            _stopped = true;
            running = [.. _running];
        }
        await _stopping.CancelAsync();
        try
        {
            await Task.WhenAll(running);
        }
        catch (OperationCanceledException)
        {
            // That is what was asked for.
        }
        _stopping.Dispose();
    }

    private void Forget(Task task)
    {
        // A task that failed stays, so that its error is seen at the end.
        if (!task.IsFaulted)
        {
            lock (_gate)
            {
                _running.Remove(task);
            }
        }
    }
}
