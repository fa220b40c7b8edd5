using BttProxy.Protocol.Keys;

namespace BttProxy.Relay.Configuration;

/// <summary>What the parts of an offer must be to each other.</summary>
internal static class OfferRules
{
    public static void Check(OfferOptions offer, ConfigurationProblems problems)
    {
        if (offer.OpenFee > offer.MinimumDeposit)
        {
            problems.Add(
                "offer.openFee", offer.OpenFee.ToBtt(),
                $"{offer.OpenFee.ToBtt()} is above offer.minimumDeposit, which is {offer.MinimumDeposit.ToBtt()}, and the deposit pays it",
                "Lower it, or raise the deposit", "offer.minimumDeposit");
        }

        if (offer.Payee is { } payee && !TronAddress.TryParse(payee, out _))
        {
            problems.Add(
                "offer.payee", payee, $"'{payee}' is not a TRON address", "Write its 34 characters, which begin with T, or leave it out for the relay's own");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(offer.TimeZone, out _))
        {
            problems.Add(
                "offer.timeZone", offer.TimeZone, $"this machine knows no time zone '{offer.TimeZone}'",
                "Write an IANA name such as Europe/Berlin, or leave it out for UTC; if the name is right, install the machine's time zone data (tzdata)");
        }

        CheckHours(offer.PriceByHour, problems);
    }

    private static void CheckHours(IReadOnlyList<HourPrice> hours, ConfigurationProblems problems)
    {
        for (var i = 0; i < hours.Count; i++)
        {
            var (key, hour) = ($"offer.priceByHour[{i}]", hours[i]);
            if (hour.From == hour.To)
            {
                problems.Add(
                    $"{key}.to", Text(hour.To), $"ends at {Text(hour.To)}, when it begins", "Write another time; a price for all day is offer.pricePerMegabyte",
                    $"{key}.from");
            }
            else if (hours.Take(i).FirstOrDefault(earlier => earlier.From != earlier.To && earlier.ToWindow().Overlaps(hour.ToWindow())) is { } other)
            {
                problems.Add(
                    $"{key}.from", Text(hour.From), $"{Text(hour.From)} to {Text(hour.To)} has hours of {Text(other.From)} to {Text(other.To)}, which is in the list already",
                    "Let one begin where the other ends", "offer.priceByHour");
            }
        }
    }

    private static string Text(TimeOnly time) => time.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
