using System.Globalization;

namespace BttProxy.Relay.Worker;

/// <summary>One range of a representation (RFC 9110 §14): single, open-ended or suffix.</summary>
internal readonly record struct ByteRange(long Offset, long Length)
{
    private const string Unit = "bytes=";

    /// <summary>
    /// Reads a Range header. What is malformed, of another unit or asks for several ranges is ignored, as the RFC allows: the whole content
    /// is the answer. An end beyond the content is cut to it.
    /// </summary>
    public static ByteRangeResult Parse(string? header, long total, out ByteRange range)
    {
        range = new ByteRange(0, total);
        if (string.IsNullOrEmpty(header) || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return ByteRangeResult.Whole;
        }

        var spec = header.AsSpan(Unit.Length).Trim();
        var dash = spec.IndexOf('-');
        if (dash < 0)
        {
            return ByteRangeResult.Whole;
        }

        var first = spec[..dash];
        var last = spec[(dash + 1)..];
        if (first.IsEmpty)
        {
            return TryRead(last, out var suffix) ? FromEnd(suffix, total, out range) : ByteRangeResult.Whole;
        }

        var to = long.MaxValue;
        if (!TryRead(first, out var from) || (!last.IsEmpty && !TryRead(last, out to)))
        {
            return ByteRangeResult.Whole;
        }

        if (to < from)
        {
            return ByteRangeResult.Whole;
        }

        if (from >= total)
        {
            return ByteRangeResult.Unsatisfiable;
        }

        range = new ByteRange(from, Math.Min(to, total - 1) - from + 1);
        return ByteRangeResult.Partial;
    }

    private static ByteRangeResult FromEnd(long suffix, long total, out ByteRange range)
    {
        var length = Math.Min(suffix, total);
        range = new ByteRange(total - length, length);
        return length == 0 ? ByteRangeResult.Unsatisfiable : ByteRangeResult.Partial;
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
