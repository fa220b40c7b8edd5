using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Tunnel;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Pricing;
using Microsoft.Net.Http.Headers;

namespace BttProxy.Relay.Worker;

/// <summary>What gateways forward here: metadata, availability and content of a torrent.</summary>
internal static class WorkerEndpoints
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    public static void MapWorker(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods($"/{RequestNames.Metadata}/{{infoHash}}", GetAndHead, MetadataAsync).WithMetadata(new TracedRequest(Spans.WorkerInfo, IsFromGateway: true));
        routes.MapMethods($"/{RequestNames.Query}/{{infoHash}}", GetAndHead, AvailabilityAsync).WithMetadata(new TracedRequest(Spans.WorkerAvailability, IsFromGateway: true));
        routes.MapMethods($"/{RequestNames.Content}/{{infoHash}}", GetAndHead, ContentAsync).WithMetadata(new TracedRequest(Spans.WorkerContent, IsFromGateway: true));
        routes.MapGet("/readyz", (RelayLifetime lifetime) =>
            lifetime.IsStopping ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable) : Results.Ok());
    }

    private static async Task MetadataAsync(HttpContext context, TorrentCatalog catalog, RelayMetrics metrics)
    {
        using var lease = await LeaseAsync(context, catalog, metrics);
        if (lease is null)
        {
            return;
        }

        if (await InfoAsync(context, catalog, lease, metrics) is { } info)
        {
            await Answers.WriteBytesAsync(context, info.RawBytes);
        }
    }

    private static async Task AvailabilityAsync(HttpContext context, TorrentCatalog catalog, CurrentOffer offer, RelayMetrics metrics)
    {
        using var lease = await LeaseAsync(context, catalog, metrics);
        if (lease is null)
        {
            return;
        }

        var torrent = lease.Torrent;
        var availability = new Availability(
            torrent.Have?.ToBytes() ?? [], 0, (uint)torrent.PeerCount,
            new ByteCount(torrent.Totals.DownloadRate), offer.Price, PinPrice: default);
        await Answers.WriteAsync(context, availability);
    }

    private static async Task ContentAsync(HttpContext context, TorrentCatalog catalog, ContentCopy copy, RelayMetrics metrics)
    {
        using var lease = await LeaseAsync(context, catalog, metrics);
        if (lease is null)
        {
            return;
        }

        if (await InfoAsync(context, catalog, lease, metrics) is not { } info)
        {
            return;
        }

        var response = context.Response;
        response.Headers[HeaderNames.AcceptRanges] = "bytes";
        switch (ByteRange.Parse(context.Request.Headers[HeaderNames.Range], info.Length, out var range))
        {
            case ByteRangeResult.Unsatisfiable:
                response.Headers[HeaderNames.ContentRange] = $"bytes */{info.Length}";
                await Answers.RefuseAsync(context, RefusalCode.RangeNotSatisfiable, $"The torrent has {info.Length} bytes.");
                return;
            case ByteRangeResult.Partial:
                response.StatusCode = StatusCodes.Status206PartialContent;
                response.Headers[HeaderNames.ContentRange] = $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{info.Length}";
                break;
            default:
                break;
        }

        // A gateway goes on with another worker's bytes only when they are of the same content.
        response.Headers[HeaderNames.ETag] = $"\"{info.InfoHash}\"";
        response.ContentType = "application/octet-stream";
        response.ContentLength = range.Length;
        if (HttpMethods.IsGet(context.Request.Method) && range.Length > 0)
        {
            await CopyAsync(context, lease.Torrent, range, copy, metrics);
        }
    }

    private static async Task CopyAsync(HttpContext context, Torrent torrent, ByteRange range, ContentCopy copy, RelayMetrics metrics)
    {
        try
        {
            await copy.RunAsync(torrent, range, context.Response.BodyWriter, context.RequestAborted);
        }
        catch (TorrentStorageException) when (context.Response.HasStarted)
        {
            // The client asks again for the rest, and is then told why there is none.
            context.Abort();
        }
        catch (TorrentStorageException failure)
        {
            context.Response.Clear();
            await RefuseAsync(context, failure, metrics);
        }
    }

    /// <summary>The torrent's metadata, or null after the request was refused for want of it.</summary>
    private static async Task<TorrentInfo?> InfoAsync(HttpContext context, TorrentCatalog catalog, TorrentLease lease, RelayMetrics metrics)
    {
        try
        {
            if (await catalog.MetadataAsync(lease, context.RequestAborted) is not { } info)
            {
                metrics.ContentRefused(ContentRefusal.NoMetadata);
                await Answers.RefuseAsync(
                    context, RefusalCode.ContentUnavailable, "No peer of the swarm gave the torrent's metadata in time.");
            }
            else if (info.Length > catalog.MaxTorrentBytes)
            {
                metrics.ContentRefused(ContentRefusal.TooLarge);
                await Answers.RefuseAsync(
                    context, RefusalCode.ContentRefused,
                    $"This relay carries torrents of up to {catalog.MaxTorrentBytes} bytes, and this one has {info.Length}; use another one.");
            }
            else
            {
                return info;
            }
        }
        catch (TorrentStorageException failure)
        {
            await RefuseAsync(context, failure, metrics);
        }

        return null;
    }

    private static async Task<TorrentLease?> LeaseAsync(HttpContext context, TorrentCatalog catalog, RelayMetrics metrics)
    {
        if (!InfoHash.TryParse(context.GetRouteValue("infoHash") as string, out var infoHash))
        {
            await Answers.RefuseAsync(context, RefusalCode.Malformed, "An info-hash is 40 hexadecimal digits.");
            return null;
        }

        var lease = catalog.TryLease(infoHash, out var isDenied);
        if (lease is null)
        {
            metrics.ContentRefused(isDenied ? ContentRefusal.Denylist : ContentRefusal.TooManyTorrents);
            await (isDenied
                ? Answers.RefuseAsync(context, RefusalCode.ContentRefused, "This relay does not carry the torrent; use another one.")
                : Answers.RefuseAsync(context, RefusalCode.Busy, "The relay serves as many torrents as it can; try again later."));
        }

        return lease;
    }

    // What the failure says is for the operator: it names paths.
    private static Task RefuseAsync(HttpContext context, TorrentStorageException failure, RelayMetrics metrics)
    {
        metrics.ContentRefused(failure.IsDiskFull ? ContentRefusal.DiskFull : ContentRefusal.DiskFailed);
        return failure.IsDiskFull
            ? Answers.RefuseAsync(context, RefusalCode.Busy, "The relay's disk is full, and it has not got this yet; use another one or try again later.")
            : Answers.RefuseAsync(context, RefusalCode.WorkerUnavailable, "The relay's disk failed; use another one.");
    }
}
