using System.Diagnostics;
using System.Globalization;

namespace BttProxy.FunctionalTests.BitTorrent.Cache;

/// <summary>What files really take on the disk.</summary>
internal static class DiskBlocks
{
    /// <summary>Bytes of the blocks of all files below a folder.</summary>
    public static async Task<long> UsedAsync(string folder, CancellationToken cancellationToken)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        if (files.Length == 0)
        {
            return 0;
        }
        var start = new ProcessStartInfo("stat", ["-c", "%b %B", .. files]) { RedirectStandardOutput = true };
        using var stat = Process.Start(start)!;
        var lines = await stat.StandardOutput.ReadToEndAsync(cancellationToken);
        await stat.WaitForExitAsync(cancellationToken);
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray())
            .Sum(numbers => numbers[0] * numbers[1]);
    }
}
