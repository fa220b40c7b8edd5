using BttProxy.BitTorrent;
using BttProxy.Client.Payments;
using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Messages;

namespace BttProxy.Client.Fetching;

/// <summary>
/// The receive loop of one session: asks for long runs of missing pieces, one after the other, and reads each straight into piece
/// buffers. The next run is asked for shortly before the current one ends, so that the pipe does not idle for a round trip.
/// </summary>
internal sealed class ContentPump(
    RelayTunnel tunnel, BearerToken token, InfoHash infoHash, ChannelPayer payer, DownloadContent content, StallWatch watch)
{
    /// <summary>
    /// A run's length: long enough that requests cost nothing, short enough that a resumed range, a log line and a change of
    /// mind stay cheap.
    /// </summary>
    private const long MaximumRun = 64 << 20;

    /// <summary>How much of a run is left when the next one is asked for; at 100 Mbit/s this is 80 ms.</summary>
    private const long PrefetchAt = 1 << 20;

    /// <summary>
    /// Below this window nothing is asked for ahead: what waits unread in the next response would use up the relay's credit
    /// while the current run still needs it.
    /// </summary>
    private const long PrefetchWindow = 8 << 20;

    /// <summary>How often a relay may end responses without a byte before it is left.</summary>
    private const int MaximumEmptyResponses = 3;

    private Task<Request?>? _next;
    private long _requested = payer.Tally.Received;

    /// <summary>Runs until nothing is left to ask this relay for: all is on its way or here, or the payable bytes are used up.</summary>
    /// <returns>False when there was nothing to ask for from the start.</returns>
    /// <exception cref="TunnelException">The relay failed; everything received is kept.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var hasAsked = false;
            var empty = 0;
            while (await NextAsync(cancellationToken) is { } request)
            {
                hasAsked = true;
                var before = payer.Tally.Received;
                using (request.Response)
                {
                    await ReceiveAsync(request, cancellationToken);
                }

                empty = payer.Tally.Received > before ? 0 : empty + 1;
                if (empty == MaximumEmptyResponses)
                {
                    throw new TunnelException(TunnelFault.BadAnswer, "it ends responses without content");
                }
            }

            return hasAsked;
        }
        finally
        {
            await DropPrefetchedAsync();
        }
    }

    private bool MayPrefetch =>
        payer.Window >= PrefetchWindow && content.Geometry.PieceLength <= PrefetchWindow / 2;

    private async Task<Request?> NextAsync(CancellationToken cancellationToken)
    {
        using (watch.FirstByte())
        {
            var next = _next ?? OpenAsync(cancellationToken);
            _next = null;
            return await next;
        }
    }

    private async Task DropPrefetchedAsync()
    {
        if (_next is null)
        {
            return;
        }

        await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_next.IsCompletedSuccessfully && await _next is { } unread)
        {
            unread.Response.Dispose();
            GiveBack(unread.Run, unread.Run.Start, null);
        }
    }

    private async Task<Request?> OpenAsync(CancellationToken cancellationToken)
    {
        if (content.Take(Math.Min(MaximumRun, payer.PayableBytes - _requested)) is not { } run)
        {
            return null;
        }

        _requested += run.Length;
        try
        {
            return new Request(run, await tunnel.OpenContentAsync(infoHash, run.Start, run.Length, token, cancellationToken));
        }
        catch
        {
            GiveBack(run, run.Start, null);
            throw;
        }
    }

    private async Task ReceiveAsync(Request request, CancellationToken cancellationToken)
    {
        var run = request.Run;
        var position = run.Start;
        PieceBuffer? piece = null;
        try
        {
            while (position < run.End)
            {
                piece ??= content.Begin((int)(position / content.Geometry.PieceLength));
                int read;
                using (watch.NextByte())
                {
                    read = await request.Response.ReadAsync(piece.Free, cancellationToken);
                }

                if (read == 0)
                {
                    // Ended early and cleanly: out of credit for long, or the relay shuts down. Ask again from here.
                    return;
                }

                position += read;
                piece.Advance(read, payer.Tally);
                payer.Tally.AddReceived(read);
                if (piece.IsComplete)
                {
                    var complete = piece;
                    piece = null;
                    await content.CompleteAsync(complete);
                }

                if (run.End - position <= PrefetchAt && _next is null && MayPrefetch)
                {
                    _next = OpenAsync(cancellationToken);
                }
            }
        }
        finally
        {
            if (position < run.End)
            {
                GiveBack(run, position, piece);
            }
        }
    }

    private void GiveBack(ByteRun run, long reached, PieceBuffer? begun)
    {
        _requested -= run.End - reached;
        content.GiveBack(run, reached, begun);
    }

    private sealed record Request(ByteRun Run, ContentResponse Response);
}
