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

    public static string Megabytes(long bytes) => (bytes / (decimal)BytesPerMegabyte).ToString("#,0.###", CultureInfo.InvariantCulture) + " MB";
}
