using System.Globalization;

namespace BttProxy.Devnet.Content;

/// <summary>One file that the devnet's seeder offers. <c>Path</c> uses '/' between its parts.</summary>
internal sealed record PlannedFile(string Path, long Length);

/// <summary>
/// The files of a devnet's content for a total size: sizes that end inside a piece, an empty file, folders and names beyond ASCII,
/// because these are what torrent code gets wrong.
/// </summary>
internal static class ContentPlan
{
    public const string Name = "BttProxy devnet content";

    /// <summary>Room for the fixed small files and some of each large one.</summary>
    public const long SmallestSize = 256 * 1024;

    /// <summary>The demo's files are deleted again; this keeps a typing error from filling a disk.</summary>
    public const long LargestSize = 64L << 30;

    private const long SubtitlesLength = 65_537;
    private const long NotesLength = 1_234;

    public static IReadOnlyList<PlannedFile> Create(long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SmallestSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);

        var rest = size - SubtitlesLength - NotesLength;
        var first = (rest / 2) | 1;
        var second = (rest / 3) | 1;
        return
        [
            new("Grüße/字幕 📖.srt", SubtitlesLength),
            new("empty.nfo", 0),
            new("extras/making of.mkv", rest - first - second),
            new("film part 1.mkv", first),
            new("film part 2.mkv", second),
            new("notes.txt", NotesLength),
        ];
    }

    /// <summary>Reads "64MiB", "2GiB", "500MB" or a number of bytes.</summary>
    public static bool TryParseSize(string text, out long size)
    {
        (string Suffix, long Factor)[] units = [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("MB", 1_000_000), ("GB", 1_000_000_000), ("", 1)];
        var (suffix, factor) = units.First(unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        var digits = text.AsSpan(0, text.Length - suffix.Length).TrimEnd();
        size = 0;
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > LargestSize / factor)
        {
            return false;
        }

        size = number * factor;
        return size is >= SmallestSize and <= LargestSize;
    }
}
