using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Pricing;

/// <summary>The part of <see cref="OfferOptions"/> that may change while the relay runs.</summary>
internal sealed record OfferTerms(PriceSchedule Prices, TokenAmount MinimumDeposit, TokenAmount OpenFee)
{
    /// <exception cref="RelayConfigurationException">The machine does not know the time zone.</exception>
    public static OfferTerms Of(OfferOptions options) => new(
        new PriceSchedule(
            options.PricePerMegabyte, [.. options.PriceByHour.Select(static hours => hours.ToWindow())], ZoneOf(options)),
        options.MinimumDeposit, options.OpenFee);

    // Operators' commands beside a stopped relay come here without a look at all options.
    private static TimeZoneInfo ZoneOf(OfferOptions options) => TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out var zone)
        ? zone
        : throw new RelayConfigurationException($"offer.timeZone: this machine knows no time zone '{options.TimeZone}'. See 'bttproxy-relay config check'.");
}
