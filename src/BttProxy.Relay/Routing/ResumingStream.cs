namespace BttProxy.Relay.Routing;

/// <summary>
/// A worker's content response that outlives the worker. When no other worker can go on it ends as if it were complete: every byte so far
/// arrives and is paid, and the client asks again for the rest.
/// </summary>
internal sealed class ResumingStream(
    WorkerFailover workers, HttpRequestMessage request, WorkerChoice choice, ContentSpan span, IDisposable first, Stream body) : OneWayStream
{
    private IDisposable _response = first;
    private Stream _body = body;
    private long _next = span.From;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                // The forwarder's reads of no bytes wait for some to come.
                var read = await _body.ReadAsync(buffer, cancellationToken);
                if (read > 0 || buffer.IsEmpty || _next > span.To)
                {
                    if (read > 0)
                    {
                        _next += read;
                        choice.Works();
                    }

                    return read;
                }

                workers.Failed(choice, new EndOfStreamException("The response ended early."));
            }
            catch (Exception failure) when (WorkerFailover.IsFailure(failure, cancellationToken))
            {
                workers.Failed(choice, failure);
            }

            if (!await ResumeAsync(cancellationToken))
            {
                workers.Lost();
                return 0;
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Workers' responses are read asynchronously.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body.Dispose();
            _response.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<bool> ResumeAsync(CancellationToken cancellationToken)
    {
        while (_next <= span.To && choice.TryNext())
        {
            try
            {
                var response = await workers.AskAsync(request, choice, _next, span.To, cancellationToken);
                if (ContentSpan.Of(response) == span with { From = _next })
                {
                    Replace(response, await response.Content.ReadAsStreamAsync(cancellationToken));
                    workers.Resumed(choice, _next);
                    return true;
                }

                response.Dispose();
            }
            catch (Exception failure) when (WorkerFailover.IsFailure(failure, cancellationToken))
            {
                workers.Failed(choice, failure);
            }
        }

        return false;
    }

    private void Replace(HttpResponseMessage response, Stream body)
    {
        _body.Dispose();
        _response.Dispose();
        (_response, _body) = (response, body);
    }
}
