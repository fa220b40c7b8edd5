using System.IO.Pipelines;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Relay.Observability;

namespace BttProxy.Relay.Worker;

/// <summary>Copies verified bytes of a torrent into a response, straight into the response's own buffers.</summary>
internal sealed class ContentCopy(RelayMetrics metrics, TimeProvider time)
{
    // Kestrel rents blocks of this size from a pool; larger ones gained nothing over a Unix socket.
    private const int BlockLength = 64 * 1024;

    public async Task RunAsync(Torrent torrent, ByteRange range, PipeWriter body, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var (waits, waited) = (0, TimeSpan.Zero);
        await using var content = torrent.OpenRead(range.Offset, range.Length, wait =>
        {
            waits++;
            waited += wait.Elapsed;
            metrics.Stalled(wait.HadPeers ? StallPhase.Piece : StallPhase.Peers, wait.Elapsed);
        });
        try
        {
            for (var left = range.Length; left > 0;)
            {
                var block = body.GetMemory(BlockLength);
                var read = await content.ReadAsync(block[..(int)Math.Min(block.Length, left)], cancellationToken);
                if (left == range.Length)
                {
                    var source = waits > 0 ? ContentSource.Swarm : ContentSource.Cache;
                    metrics.FirstByte(time.GetElapsedTime(start), source);
                    RelayTracing.Wanted?.SetTag("bttproxy.source", LabelValue.Of(source));
                }

                body.Advance(read);
                left -= read;
                var flushed = await body.FlushAsync(cancellationToken);
                if (read == 0 || flushed.IsCompleted)
                {
                    return;
                }
            }
        }
        finally
        {
            RelayTracing.Wanted?.SetTag("bttproxy.swarm.waits", waits).SetTag("bttproxy.swarm.wait", waited.TotalSeconds);
        }
    }
}
