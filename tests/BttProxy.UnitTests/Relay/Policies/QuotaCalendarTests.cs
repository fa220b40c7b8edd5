using BttProxy.Relay.Policies;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Relay.Policies;

public sealed class QuotaCalendarTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly TimeZoneInfo SaoPaulo = TimeZoneInfo.FindSystemTimeZoneById("America/Sao_Paulo");

    [Fact]
    public void DaysAndMonths_BeginAtTheOperatorsMidnight()
    {
        var moment = At(2026, 11, 30, 23, 30);

        Assert.Equal(At(2026, 11, 30, 23, 0), QuotaCalendar.Start(QuotaPeriod.Day, moment, Berlin));
        Assert.Equal(At(2026, 12, 1, 23, 0), QuotaCalendar.End(QuotaPeriod.Day, moment, Berlin));
        Assert.Equal(At(2026, 11, 30, 23, 0), QuotaCalendar.Start(QuotaPeriod.Month, moment, Berlin));
        Assert.Equal(At(2026, 12, 31, 23, 0), QuotaCalendar.End(QuotaPeriod.Month, moment, Berlin));
    }

    [Fact]
    public void DayWithoutMidnight_BeginsWhenItsClockDoes()
    {
        // On 4 November 2018 the clock in São Paulo went from 00:00 to 01:00.
        Assert.Equal(At(2018, 11, 4, 3, 0), QuotaCalendar.Start(QuotaPeriod.Day, At(2018, 11, 4, 12, 0), SaoPaulo));
        Assert.Equal(At(2018, 11, 4, 3, 0), QuotaCalendar.End(QuotaPeriod.Day, At(2018, 11, 3, 12, 0), SaoPaulo));
    }

    [Fact]
    public void EachMoment_LiesInItsPeriod_AndTheyFollowEachOther() => Gen.Select(Gen.Int[0, 12 * 366 * 1440], Gen.Int[0, 3], Gen.Bool).Sample(
        (minutes, place, ofDay) =>
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(new[] { "UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata" }[place]);
            var (period, moment) = (ofDay ? QuotaPeriod.Day : QuotaPeriod.Month, At(2015, 1, 1, 0, 0).AddMinutes(minutes));

            var (start, end) = (QuotaCalendar.Start(period, moment, zone), QuotaCalendar.End(period, moment, zone));

            Assert.True(start <= moment && moment < end);
            Assert.Equal(end, QuotaCalendar.Start(period, end, zone));
            Assert.Equal(end, QuotaCalendar.End(period, start, zone));
            Assert.Equal(start, QuotaCalendar.Start(period, end.AddTicks(-1), zone));
        },
        iter: 2000);

    private static DateTimeOffset At(int year, int month, int day, int hour, int minute) => new(year, month, day, hour, minute, 0, TimeSpan.Zero);
}
