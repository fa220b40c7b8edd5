namespace BttProxy.Relay.Hosting;

/// <summary>Disposes what a host has started in reverse order, also when starting failed half-way.</summary>
internal sealed class DisposalStack : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> _steps = new();

    public T Add<T>(T part)
    {
        switch (part)
        {
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
