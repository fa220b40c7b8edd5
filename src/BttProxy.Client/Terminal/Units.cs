using System.Globalization;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Terminal;

/// <summary>Numbers for people: short, in decimal units.</summary>
internal static class Units
{
    private static readonly string[] Sizes = ["B", "kB", "MB", "GB", "TB"];

    public static string Bytes(double bytes)
    {
        var unit = 0;
        while (bytes >= 1000 && unit < Sizes.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        return bytes.ToString(unit == 0 ? "0" : bytes >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Sizes[unit];
    }

    /// <summary>Rounded down to four digits; the books have the exact amount.</summary>
    public static string Btt(TokenAmount amount)
    {
        var exact = amount.ToBtt();
        var dot = exact.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return exact;
        }

        var digits = exact[(dot + 1)..exact.IndexOf(' ', StringComparison.Ordinal)];
        var significant = exact[..dot] == "0" ? digits.AsSpan().IndexOfAnyExcept('0') + 4 : 4;
        return $"{exact[..dot]}.{digits[..Math.Min(digits.Length, significant)]} BTT";
    }

    public static string Duration(TimeSpan time) =>
        time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}h{time.Minutes:00}m")
            : time.TotalMinutes >= 1
                ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m{time.Seconds:00}s")
                : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0}s");
}
