using System.Globalization;

namespace BttProxy.Relay.Configuration.Schema;

/// <summary>Numbers of bytes with a unit: decimal ones (kB, MB, GB, TB, PB) and binary ones (KiB, MiB, GiB, TiB, PiB).</summary>
internal static class ByteText
{
    public const string Pattern = @"^\d+(\.\d+)? ?(B|kB|MB|GB|TB|PB|KiB|MiB|GiB|TiB|PiB)$";

    private static readonly (string Name, long Size)[] Units =
    [
        ("PiB", 1L << 50), ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("PB", 1_000_000_000_000_000), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("B", 1),
    ];

    public static bool TryParse(string text, out Int128 bytes)
    {
        bytes = 0;
        foreach (var (name, size) in Units)
        {
            if (!text.EndsWith(name, StringComparison.Ordinal))
            {
                continue;
            }

            var digits = text.AsSpan(0, text.Length - name.Length);
            digits = digits.EndsWith(" ") ? digits[..^1] : digits;
            if (digits.Length is 0 or > 15
                || !decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || number * size > long.MaxValue
                || number * size != decimal.Truncate(number * size))
            {
                return false;
            }

            bytes = (Int128)(number * size);
            return true;
        }

        return false;
    }
}
