using System.Collections.Immutable;

namespace BttProxy.Devnet.Views;

/// <summary>Everything that the demo shows at one moment.</summary>
internal sealed record DemoSnapshot(ImmutableArray<RelayLine> Relays, DownloadLine? Download, ImmutableList<string> Journal)
{
    public static DemoSnapshot Empty { get; } = new([], null, []);
}
