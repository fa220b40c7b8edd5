using System.Globalization;

namespace BttProxy.Client.Torrents;

/// <summary>A part of a torrent's concatenated content; without a length it goes to the end.</summary>
internal readonly record struct ContentRange(long Offset, long? Length)
{
    public static ContentRange All => new(0, null);

    /// <summary>Reads OFFSET:LENGTH or OFFSET:, in bytes.</summary>
    public static bool TryParse(string text, out ContentRange range)
    {
        range = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !TryReadNumber(text[..colon], out var offset))
        {
            return false;
        }

        if (colon == text.Length - 1)
        {
            range = new ContentRange(offset, null);
            return true;
        }

        if (!TryReadNumber(text[(colon + 1)..], out var length))
        {
            return false;
        }

        range = new ContentRange(offset, length);
        return true;
    }

    /// <exception cref="ClientException">It is not within so many bytes.</exception>
    public (long Offset, long Length) Within(long total)
    {
        var length = Length ?? total - Offset;
        return Offset <= total && length <= total - Offset
            ? (Offset, length)
            : throw new ClientException(ExitCode.BadInput, $"--stream asks for more than the torrent has: it is {total} bytes long.");
    }

    private static bool TryReadNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
