using System.Collections.Immutable;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Pricing;

/// <summary>What a megabyte costs at a moment, by the clock on the wall: hours that a change of summer time skips are not sold, those it repeats are sold twice.</summary>
/// <param name="listPrice">Outside all windows.</param>
/// <param name="windows">None overlaps another.</param>
/// <param name="zone">Of their times.</param>
internal sealed class PriceSchedule(PricePerMegabyte listPrice, ImmutableArray<PriceWindow> windows, TimeZoneInfo zone)
{
    // A window recurs within a day; a change of summer time takes an hour or two of it away or adds them.
    private static readonly TimeSpan Horizon = TimeSpan.FromHours(51);

    public TimeZoneInfo Zone => zone;

    public PricePerMegabyte PriceAt(DateTimeOffset moment)
    {
        var time = TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(moment, zone).TimeOfDay);
        foreach (var window in windows)
        {
            if (window.Covers(time))
            {
                return window.Price;
            }
        }

        return listPrice;
    }

    /// <summary>The first change after a moment; null when the price is always the same.</summary>
    public PriceChange? NextChange(DateTimeOffset moment)
    {
        if (windows.All(window => window.Price == listPrice))
        {
            return null;
        }

        // Windows begin and end on whole minutes, and the offsets of time zones are whole minutes: looking at each one cannot miss a change
        // and needs no rule for summer time.
        var price = PriceAt(moment);
        var minute = new DateTimeOffset(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        for (var at = minute + TimeSpan.FromMinutes(1); at <= minute + Horizon; at += TimeSpan.FromMinutes(1))
        {
            if (PriceAt(at) is var next && next != price)
            {
                return new PriceChange(at, next);
            }
        }

        return null;
    }
}
