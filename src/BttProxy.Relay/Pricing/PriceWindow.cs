using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Pricing;

/// <summary>A price that holds each day from one time of day until another, which may lie after midnight.</summary>
internal readonly record struct PriceWindow(TimeOnly From, TimeOnly To, PricePerMegabyte Price)
{
    public bool Covers(TimeOnly time) => time.IsBetween(From, To);

    public bool Overlaps(PriceWindow other) => Covers(other.From) || other.Covers(From);
}
