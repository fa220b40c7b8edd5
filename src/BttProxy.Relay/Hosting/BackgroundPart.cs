namespace BttProxy.Relay.Hosting;

/// <summary>Stops a worker and waits for its end.</summary>
internal sealed class BackgroundPart(BackgroundService worker) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await worker.StopAsync(CancellationToken.None);
}
