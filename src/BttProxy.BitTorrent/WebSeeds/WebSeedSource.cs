using System.Collections.Concurrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.WebSeeds;

/// <summary>Lets web seeds (BEP 19) take part in a torrent, a few at a time, and leaves alone those that fail.</summary>
internal sealed partial class WebSeedSource(SwarmContext context) : IDisposable
{
    // Each is two connections to a server; one alone fills most lines.
    private const int MaxAtOnce = 4;
    private const int MaxUrls = 64;
    private const int MaxUrlChars = 2048;
    private const int MaxFailures = 10;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(10);

    private readonly WebSeedClient _client = new(context.Options.ConnectGuard, context.Options.ListenAddresses, context.TimeProvider);

    /// <summary>Begins when the torrent's metadata is known; what is no HTTP URL is left out.</summary>
    public void Watch(Torrent torrent, IEnumerable<string> urls)
    {
        var seeds = new ConcurrentQueue<Uri>(urls.Select(Parse).OfType<Uri>().Distinct().Take(MaxUrls));
        for (var i = Math.Min(MaxAtOnce, seeds.Count); i > 0; i--)
        {
            context.Tasks.Run(cancellationToken => ServeAsync(torrent, seeds, cancellationToken));
        }
    }

    public void Dispose() => _client.Dispose();

    private static Uri? Parse(string text) =>
        text.Length <= MaxUrlChars && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    private async Task ServeAsync(Torrent torrent, ConcurrentQueue<Uri> seeds, CancellationToken cancellationToken)
    {
        WebSeedUrls urls;
        try
        {
            urls = new WebSeedUrls(await torrent.MetadataAsync(cancellationToken));
        }
        catch (Exception failure) when (failure is IOException or InvalidTorrentException)
        {
            // Whoever asked for the torrent hears of it.
            return;
        }
        while (seeds.TryDequeue(out var seed))
        {
            await ServeAsync(torrent, urls, seed, cancellationToken);
        }
    }

    private async Task ServeAsync(Torrent torrent, WebSeedUrls urls, Uri seed, CancellationToken cancellationToken)
    {
        for (var failures = 0; failures < MaxFailures && !torrent.IsStopped;)
        {
            using var session = new WebSeedSession(torrent.State, _client, urls, seed);
            TimeSpan? wanted = null;
            try
            {
                await session.RunAsync(cancellationToken);
                LogEnded(context.Logger, seed.Host, session.Dropped);
                if (session.Dropped == DropReason.BadData)
                {
                    return;
                }
            }
            catch (WebSeedException failure)
            {
                LogFailed(context.Logger, seed.Host, failure.Message);
                if (failure.Fault == WebSeedFault.Unusable)
                {
                    return;
                }
                wanted = failure.RetryAfter;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogBroken(context.Logger, failure, seed.Host);
                return;
            }
            failures = session.Received > 0 ? 0 : failures + 1;
            var usual = TimeSpan.FromTicks(Math.Min(LastRetry.Ticks, FirstRetry.Ticks << Math.Max(0, failures - 1)));
            await Task.Delay(wanted > usual ? wanted.Value : usual, context.TimeProvider, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Web seed {Host} ended: {Reason}")]
    private static partial void LogEnded(ILogger logger, string host, DropReason reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Web seed {Host} was of no use: {Reason}")]
    private static partial void LogFailed(ILogger logger, string host, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "What web seed {Host} did could not be handled; it is not asked again")]
    private static partial void LogBroken(ILogger logger, Exception exception, string host);
}
