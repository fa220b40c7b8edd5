namespace BttProxy.Relay.Policies;

/// <summary>When days and months begin by the clock of a time zone.</summary>
internal static class QuotaCalendar
{
    /// <summary>When the period of a moment began.</summary>
    public static DateTimeOffset Start(QuotaPeriod period, DateTimeOffset moment, TimeZoneInfo zone) => Begin(FirstDay(period, moment, zone), zone);

    /// <summary>When the next one begins.</summary>
    public static DateTimeOffset End(QuotaPeriod period, DateTimeOffset moment, TimeZoneInfo zone)
    {
        var first = FirstDay(period, moment, zone);
        return Begin(period == QuotaPeriod.Day ? first.AddDays(1) : first.AddMonths(1), zone);
    }

    private static DateOnly FirstDay(QuotaPeriod period, DateTimeOffset moment, TimeZoneInfo zone)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime);
        return period == QuotaPeriod.Day ? today : new DateOnly(today.Year, today.Month, 1);
    }

    // Some zones change to summer time at midnight: that day begins at one. Others change back then: the first of two midnights begins it.
    private static DateTimeOffset Begin(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
