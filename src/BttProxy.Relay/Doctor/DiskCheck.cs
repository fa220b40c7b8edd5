using System.Security.Cryptography;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Doctor;

/// <summary>Is there space for the cache and more, and does a voucher become durable in a moment.</summary>
internal static class DiskCheck
{
    private const string Step = "disk";
    private const int Trials = 7;
    private const int PageBytes = 4096;

    // A client waits for each voucher, and many share one fsync; beyond it even a single client is slowed down.
    private static readonly TimeSpan SlowSync = TimeSpan.FromMilliseconds(100);

    public static Finding Run(RelayOptions options, TimeProvider time)
    {
        // Before the first start the directory is not there; nothing is made.
        var directory = Nearest(Path.GetFullPath(options.StateDirectory));
        TimeSpan sync;
        try
        {
            sync = MedianSync(directory, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(Step, $"'{directory}' cannot be written: {e.Message}", "Give the relay's user the directory, free space, or mount the volume read-write.");
        }

        var free = Volume.FreeBytes(directory);
        var measured = $"{(free is { } bytes ? PlainText.Size(bytes) : "unknown space")} free, fsync {sync.TotalMilliseconds:0.#} ms";
        if (free < options.Cache.MinFreeBytes)
        {
            return Finding.Fail(
                Step, $"{measured}: below cache.minFreeBytes ({PlainText.Size(options.Cache.MinFreeBytes)}), nothing is fetched",
                "Free space, choose another volume with --state, or lower cache.minFreeBytes.");
        }

        var held = Held(Path.Combine(directory, "cache"));
        var wanted = Math.Max(0, options.Cache.MaxBytes - held) + options.Cache.MinFreeBytes;
        if (free < wanted)
        {
            return Finding.Warn(
                Step, $"{measured}; the cache may grow by {PlainText.Size(options.Cache.MaxBytes - held)} more and would be stopped before",
                $"Lower cache.maxBytes to about {PlainText.Size(Math.Max(0, held + free.Value - options.Cache.MinFreeBytes))}, or use a larger volume.");
        }

        return sync > SlowSync
            ? Finding.Warn(Step, $"{measured}: each voucher waits that long", "Keep the state directory on an SSD that nothing else keeps busy.")
            : Finding.Ok(Step, measured);
    }

    private static string Nearest(string directory)
    {
        while (!Directory.Exists(directory) && Path.GetDirectoryName(directory) is { } parent)
        {
            directory = parent;
        }

        return directory;
    }

    private static TimeSpan MedianSync(string directory, TimeProvider time)
    {
        var path = Path.Combine(directory, $".doctor-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}");
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose, BufferSize = 0,
        });
        var page = new byte[PageBytes];
        return Enumerable.Range(0, Trials).Select(_ =>
        {
            var start = time.GetTimestamp();
            file.Write(page);
            file.Flush(flushToDisk: true);
            return time.GetElapsedTime(start);
        }).Order().ElementAt(Trials / 2);
    }

    // By what the files take on the volume as far as their lengths tell; holes make it less.
    private static long Held(string cache)
    {
        try
        {
            return Directory.Exists(cache) ? new DirectoryInfo(cache).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length) : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
