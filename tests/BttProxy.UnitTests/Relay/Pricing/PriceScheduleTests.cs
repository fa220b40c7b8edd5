using BttProxy.Protocol.Money;
using BttProxy.Relay.Pricing;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Relay.Pricing;

public sealed class PriceScheduleTests
{
    private static readonly PricePerMegabyte List = new(100);
    private static readonly PricePerMegabyte Evening = new(200);
    private static readonly PricePerMegabyte Night = new(50);
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public void WithoutHours_ThePriceNeverChanges()
    {
        var schedule = new PriceSchedule(List, [], TimeZoneInfo.Utc);

        Assert.Equal(List, schedule.PriceAt(At(2026, 11, 28, 12, 0)));
        Assert.Null(schedule.NextChange(At(2026, 11, 28, 12, 0)));
    }

    [Fact]
    public void HoursAtTheListPrice_AreNoChange() =>
        Assert.Null(new PriceSchedule(List, [Window("18:00", "23:00", List)], TimeZoneInfo.Utc).NextChange(At(2026, 11, 28, 12, 0)));

    [Theory]
    [InlineData("17:59", 100)]
    [InlineData("18:00", 200)]
    [InlineData("22:59", 200)]
    [InlineData("23:00", 100)]
    [InlineData("23:59", 100)]
    [InlineData("00:00", 50)]
    [InlineData("05:59", 50)]
    [InlineData("06:00", 100)]
    public void Hours_BeginAtTheirMinuteAndEndBeforeTheOther(string time, ulong price)
    {
        var schedule = new PriceSchedule(List, [Window("18:00", "23:00", Evening), Window("00:00", "06:00", Night)], TimeZoneInfo.Utc);

        Assert.Equal(new PricePerMegabyte(price), schedule.PriceAt(new DateTimeOffset(new DateTime(2026, 11, 28).Add(TimeOnly.Parse(time, null).ToTimeSpan()), TimeSpan.Zero)));
    }

    [Fact]
    public void HoursPastMidnight_HoldOnBothDays()
    {
        var schedule = new PriceSchedule(List, [Window("22:00", "06:00", Night)], TimeZoneInfo.Utc);

        Assert.Equal(Night, schedule.PriceAt(At(2026, 11, 28, 23, 0)));
        Assert.Equal(Night, schedule.PriceAt(At(2026, 11, 29, 5, 59)));
        Assert.Equal(new PriceChange(At(2026, 11, 29, 6, 0), List), schedule.NextChange(At(2026, 11, 28, 23, 0)));
    }

    [Fact]
    public void TimeZone_IsThatOfTheOperator()
    {
        var schedule = new PriceSchedule(List, [Window("18:00", "23:00", Evening)], Berlin);

        Assert.Equal(List, schedule.PriceAt(At(2026, 1, 10, 16, 59)));
        Assert.Equal(Evening, schedule.PriceAt(At(2026, 1, 10, 17, 0)));
        Assert.Equal(Evening, schedule.PriceAt(At(2026, 7, 10, 16, 0)));
    }

    [Fact]
    public void SkippedHour_IsNotSold()
    {
        // On 29 March 2026 the clock in Berlin goes from 02:00 to 03:00, at 01:00 UTC.
        var schedule = new PriceSchedule(List, [Window("02:00", "03:00", Night)], Berlin);

        Assert.Equal(new PriceChange(At(2026, 3, 30, 0, 0), Night), schedule.NextChange(At(2026, 3, 28, 2, 0)));
    }

    [Fact]
    public void HoursThatBeginInTheSkippedOne_BeginAfterIt()
    {
        var schedule = new PriceSchedule(List, [Window("02:30", "05:00", Night)], Berlin);

        Assert.Equal(new PriceChange(At(2026, 3, 29, 1, 0), Night), schedule.NextChange(At(2026, 3, 28, 23, 0)));
        Assert.Equal(new PriceChange(At(2026, 3, 29, 3, 0), List), schedule.NextChange(At(2026, 3, 29, 1, 0)));
    }

    [Fact]
    public void RepeatedHour_IsSoldTwice()
    {
        // On 25 October 2026 the clock in Berlin goes from 03:00 back to 02:00, at 01:00 UTC.
        var schedule = new PriceSchedule(List, [Window("02:15", "02:45", Night)], Berlin);

        Assert.Equal(new PriceChange(At(2026, 10, 25, 0, 15), Night), schedule.NextChange(At(2026, 10, 25, 0, 0)));
        Assert.Equal(new PriceChange(At(2026, 10, 25, 0, 45), List), schedule.NextChange(At(2026, 10, 25, 0, 15)));
        Assert.Equal(new PriceChange(At(2026, 10, 25, 1, 15), Night), schedule.NextChange(At(2026, 10, 25, 0, 45)));
    }

    [Fact]
    public void NextChange_IsTheFirstMomentWithAnotherPrice() => Gen.Select(Gen.Int[0, 1439], Gen.Int[1, 1439], Gen.Int[0, 8 * 366 * 1440], Gen.Int[0, 3]).Sample(
        (from, length, minute, zone) =>
        {
            var begin = TimeOnly.MinValue.AddMinutes(from);
            var schedule = new PriceSchedule(
                List, [new PriceWindow(begin, begin.AddMinutes(length), Night)],
                TimeZoneInfo.FindSystemTimeZoneById(new[] { "UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns" }[zone]));
            var moment = At(2020, 1, 1, 0, 0).AddMinutes(minute).AddSeconds(minute % 60);

            var change = Assert.IsType<PriceChange>(schedule.NextChange(moment));

            Assert.True(change.At > moment);
            Assert.Equal(change.Price, schedule.PriceAt(change.At));
            Assert.NotEqual(schedule.PriceAt(moment), change.Price);
            Assert.Equal(schedule.PriceAt(moment), schedule.PriceAt(change.At.AddTicks(-1)));
            Assert.Equal(schedule.PriceAt(moment), schedule.PriceAt(moment + ((change.At - moment) / 2)));
        },
        iter: 300);

    private static DateTimeOffset At(int year, int month, int day, int hour, int minute) => new(year, month, day, hour, minute, 0, TimeSpan.Zero);

    private static PriceWindow Window(string from, string to, PricePerMegabyte price) => new(TimeOnly.Parse(from, null), TimeOnly.Parse(to, null), price);
}
