namespace BttProxy.UnitTests.Histories.World;

/// <summary>
/// One process from start to loss. It can be lost at any request that it sends, before the request or between request and answer: whatever
/// ran then never goes on, and only what it had made durable is left.
/// </summary>
internal sealed class ProcessLife
{
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _never = new();
    private int _countdown = -1;

    public bool IsLost => _lost.Task.IsCompleted;

    /// <summary>Loses it after so many more points.</summary>
    public void LoseAfter(int points) => Volatile.Write(ref _countdown, points);

    /// <summary>A point at which the process may be lost; then this never completes.</summary>
    public Task PassAsync()
    {
        if (!IsLost && (Volatile.Read(ref _countdown) < 0 || Interlocked.Decrement(ref _countdown) >= 0))
        {
            return Task.CompletedTask;
        }

        _lost.TrySetResult();
        return _never.Task;
    }

    /// <summary>Runs until it ends or the process is lost.</summary>
    /// <exception cref="ProcessLostException">It was lost.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        var running = work();
        return await Task.WhenAny(running, _lost.Task) == running ? await running : throw new ProcessLostException();
    }
}

/// <summary>A process ended without a word.</summary>
internal sealed class ProcessLostException() : Exception("The process was lost.");
