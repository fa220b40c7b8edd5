namespace BttProxy.Relay.Hosting;

/// <summary>Disposes what a host has started in reverse order, also when starting failed half-way.</summary>
internal sealed class DisposalStack : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> _steps = new();

    public T Add<T>(T part)
    {
        switch (part)
        {
            case WebApplication application:
                _steps.Push(async () =>
                {
                    // Disposing alone would cancel its services as if they had failed, and log that.
                    await application.StopAsync(CancellationToken.None);
                    await application.DisposeAsync();
                });
                break;
            case IAsyncDisposable asynchronous:
                _steps.Push(asynchronous.DisposeAsync);
                break;
            case IDisposable disposable:
                _steps.Push(() =>
                {
                    disposable.Dispose();
                    return ValueTask.CompletedTask;
                });
                break;
        }

        return part;
    }

    public async ValueTask DisposeAsync()
    {
        while (_steps.TryPop(out var step))
        {
            await step();
        }
    }
}
