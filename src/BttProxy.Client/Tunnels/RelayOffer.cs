using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;

namespace BttProxy.Client.Tunnels;

/// <summary>A relay's verified record: where it listens and what it asks.</summary>
public sealed record RelayOffer(SignedRelayRecord Signed, RelayRecord Record)
{
    public RelayId Id => Signed.Id;

    public PricePerMegabyte Price => Record.Price;
}
