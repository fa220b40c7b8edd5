namespace BttProxy.BitTorrent.WebSeeds;

/// <summary>The bytes of one answer.</summary>
internal sealed class WebSeedBody(HttpResponseMessage response, Stream stream, long skip, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly bool _isWholeFile = skip > 0;
    private long _skip = skip;

    public void Dispose()
    {
        stream.Dispose();
        response.Dispose();
    }

    /// <exception cref="WebSeedException">The server sends nothing more.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_skip > 0)
        {
            _skip -= await ReceiveAsync(buffer[..(int)Math.Min(_skip, buffer.Length)], cancellationToken);
        }
        return await ReceiveAsync(buffer, cancellationToken);
    }

    /// <summary>The range was read: nothing may follow it.</summary>
    /// <exception cref="WebSeedException">Something does.</exception>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        // A whole file may go on behind the part that was wanted.
        if (response.StatusCode == System.Net.HttpStatusCode.PartialContent && !_isWholeFile
            && await TryReceiveAsync(new byte[1], cancellationToken) > 0)
        {
            throw new WebSeedException(WebSeedFault.Unusable, "it sends more than it was asked for");
        }
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        await TryReceiveAsync(buffer, cancellationToken) is > 0 and var read
            ? read
            : throw new WebSeedException(WebSeedFault.Unusable, "it sends less than it was asked for");

    private async ValueTask<int> TryReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await stream.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WebSeedException(WebSeedFault.Failed, "it stopped sending", failure);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException and not WebSeedException)
        {
            throw new WebSeedException(WebSeedFault.Failed, failure.Message, failure);
        }
    }
}
