using System.Globalization;
using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.Views;

/// <summary>Numbers as people read them. Megabytes are 1,000,000 bytes, as prices are.</summary>
internal static class Figures
{
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 10_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };

    /// <summary>The exact amount in tokens without the unit, for a column that names it.</summary>
    public static string Btt(TokenAmount amount) => amount.ToBtt().Split(' ')[0];

    public static string Rate(double bytesPerSecond) => string.Create(CultureInfo.InvariantCulture, $"{bytesPerSecond / 1e6:0.0} MB/s");
}
