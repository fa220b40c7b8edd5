using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.World;

/// <summary>What makes one relay of the devnet different from another.</summary>
internal sealed record RelayProfile(string Name, string Region, PricePerMegabyte Price)
{
    /// <summary>0.01 BTT.</summary>
    private const ulong LowestPrice = 10_000_000_000_000_000;

    private static readonly (string Name, string Region)[] Known =
        [("amber", "SE"), ("birch", "CH"), ("cedar", "IS"), ("dogwood", "NL"), ("elm", "RO"), ("fir", "CA"), ("gorse", "IE"), ("hazel", "JP")];

    public static int Count => Known.Length;

    /// <summary>The first is the cheapest; each next one takes a quarter of that more.</summary>
    /// <param name="number">From 0 to <see cref="Count"/> - 1.</param>
    public static RelayProfile Of(int number) =>
        new(Known[number].Name, Known[number].Region, new PricePerMegabyte(LowestPrice + (LowestPrice / 4 * (ulong)number)));
}
