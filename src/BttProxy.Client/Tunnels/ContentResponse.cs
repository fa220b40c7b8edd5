namespace BttProxy.Client.Tunnels;

/// <summary>A content response whose body is being read.</summary>
internal sealed class ContentResponse(HttpResponseMessage response, Stream body) : IDisposable
{
    /// <returns>Bytes read; 0 when the relay ended the response.</returns>
    /// <exception cref="TunnelException">The connection broke.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception failure) when (RelayTunnel.IsConnectionFailure(failure))
        {
            throw RelayTunnel.Translate(failure);
        }
    }

    public void Dispose()
    {
        body.Dispose();
        response.Dispose();
    }
}
