using System.Globalization;
using BttProxy.Protocol.Keys;

namespace BttProxy.Relay.Cli;

/// <summary>How values stand in what people read.</summary>
internal static class PlainText
{
    private const long SunPerTrx = 1_000_000;
    private const long BytesPerMegabyte = 1_000_000;

    // Enough to be unique among a relay's channels, and to be given back to a command.
    private const int ShortId = 14;

    public static string Short(ChannelId id) => id.ToString()[..ShortId];

    public static string Short(TronAddress address) => $"{address.ToString()[..6]}..{address.ToString()[^4..]}";

    /// <summary>UTC, to the minute.</summary>
    public static string Time(DateTimeOffset? moment) =>
        moment?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>Exact, such as "1.25 TRX".</summary>
    public static string Trx(long sun)
    {
        var (whole, fraction) = Math.DivRem(sun, SunPerTrx);
        var digits = fraction.ToString("D6", CultureInfo.InvariantCulture).TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{whole}{(digits.Length > 0 ? "." : "")}{digits} TRX");
    }

    public static string Count(decimal number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Count(long number, string noun) => $"{Count(number)} {noun}{(number == 1 ? "" : "s")}";

    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => Scaled(bytes, 1_000, "kB"),
        < 1_000_000_000 => Scaled(bytes, 1_000_000, "MB"),
        < 1_000_000_000_000 => Scaled(bytes, 1_000_000_000, "GB"),
        _ => Scaled(bytes, 1_000_000_000_000, "TB"),
    };

    public static string Rate(long bytesPerSecond) => Size(bytesPerSecond) + "/s";

    /// <summary>To two units, such as "3 d 4 h".</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => $"{Math.Max(0, (int)span.TotalSeconds)} s",
        { TotalMinutes: < 60 } => $"{span.Minutes} min {span.Seconds} s",
        { TotalHours: < 24 } => $"{span.Hours} h {span.Minutes} min",
        _ => $"{(int)span.TotalDays} d {span.Hours} h",
    };

    public static string Megabytes(long bytes) => (bytes / (decimal)BytesPerMegabyte).ToString("#,0.###", CultureInfo.InvariantCulture) + " MB";

    private static string Scaled(long bytes, long unit, string name) => (bytes / (decimal)unit).ToString("#,0.##", CultureInfo.InvariantCulture) + " " + name;
}
