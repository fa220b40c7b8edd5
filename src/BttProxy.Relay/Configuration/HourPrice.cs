using BttProxy.Protocol.Money;
using BttProxy.Relay.Pricing;

namespace BttProxy.Relay.Configuration;

/// <summary>The price in some hours of each day.</summary>
public sealed class HourPrice
{
    /// <summary>When it begins to hold, in offer.timeZone, such as "18:00".</summary>
    public required TimeOnly From { get; set; }

    /// <summary>When it holds no more, such as "23:00"; an earlier time of day than from is one after midnight.</summary>
    public required TimeOnly To { get; set; }

    /// <summary>Smallest units of the token per 1,000,000 bytes, such as "0.02 BTT".</summary>
    public required PricePerMegabyte Price { get; set; }

    internal PriceWindow ToWindow() => new(From, To, Price);
}
