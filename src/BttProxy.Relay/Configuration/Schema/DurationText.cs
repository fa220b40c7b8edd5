using System.Globalization;

namespace BttProxy.Relay.Configuration.Schema;

/// <summary>Durations as hh:mm:ss or d.hh:mm:ss, or as a whole number with a unit.</summary>
internal static class DurationText
{
    public const string Pattern = @"^((\d+\.)?\d{2}:\d{2}:\d{2}(\.\d{1,7})?|\d+ ?(ms|s|min|h|d))$";

    private static readonly (string Name, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("min", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    public static bool TryParse(string text, out TimeSpan value)
    {
        // Without the colons "15" would be fifteen days.
        if (text.Count(static c => c == ':') == 2)
        {
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value);
        }

        value = default;
        foreach (var (name, ticks) in Units)
        {
            if (text.EndsWith(name, StringComparison.Ordinal))
            {
                var digits = text.AsSpan(0, text.Length - name.Length);
                digits = digits.EndsWith(" ") ? digits[..^1] : digits;
                var read = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= TimeSpan.MaxValue.Ticks / ticks;
                value = read ? TimeSpan.FromTicks(number * ticks) : default;
                return read;
            }
        }

        return false;
    }

    public static string Format(TimeSpan value) => value.ToString("c", CultureInfo.InvariantCulture);
}
