using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.Views;

/// <summary>What the demo shows of one relay.</summary>
internal sealed record RelayLine(string Name, RelayId RelayId, PricePerMegabyte Price, string Region, string State)
{
    /// <summary>Enough of the id to tell a few relays apart.</summary>
    public string ShortId => RelayId.ToString()[..8];
}
