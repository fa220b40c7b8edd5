using BttProxy.Relay.Cli;
using Xunit;

namespace BttProxy.UnitTests.Relay.Cli;

public sealed class PlainTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 18, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "0 TRX")]
    [InlineData(1, "0.000001 TRX")]
    [InlineData(1_000_000, "1 TRX")]
    [InlineData(4_794_000, "4.794 TRX")]
    [InlineData(long.MaxValue, "9223372036854.775807 TRX")]
    public void Trx_IsExact(long sun, string expected) => Assert.Equal(expected, PlainText.Trx(sun));

    [Theory]
    [InlineData(0, "0 channels")]
    [InlineData(1, "1 channel")]
    [InlineData(1234, "1,234 channels")]
    public void Count_FollowsTheNumber(long number, string expected) => Assert.Equal(expected, PlainText.Count(number, "channel"));

    [Theory]
    [InlineData(0, "0 MB")]
    [InlineData(1_500, "0.002 MB")]
    [InlineData(1_234_567_890, "1,234.568 MB")]
    public void Megabytes_AreOfAMillionBytes(long bytes, string expected) => Assert.Equal(expected, PlainText.Megabytes(bytes));

    [Theory]
    [InlineData("36h", "2026-11-26 06:30")]
    [InlineData("7d", "2026-11-20 18:30")]
    [InlineData("2026-11-01", "2026-11-01 00:00")]
    [InlineData("2026-11-01 13:05", "2026-11-01 13:05")]
    [InlineData("2026-11-01T13:05", "2026-11-01 13:05")]
    [InlineData("2026-11-01T13:05:59Z", "2026-11-01 13:05")]
    public void Since_IsATimeInUtc(string text, string expected)
    {
        Assert.True(SinceText.TryParse(text, Now, out var since));
        Assert.Equal(expected, PlainText.Time(since));
    }

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("-1h")]
    [InlineData("1.5d")]
    [InlineData("2147483647d")]
    [InlineData("99999999999h")]
    [InlineData("yesterday")]
    [InlineData("2026-13-01")]
    [InlineData("0001-01-01")]
    public void Since_RefusesTheRest(string text) => Assert.False(SinceText.TryParse(text, Now, out _));

    [Fact]
    public void Table_AlignsItsColumns()
    {
        var table = new TextTable(("NAME", false), ("VALUE", true));
        table.Add("a", "1");
        table.Add("longer", "1,000");

        Assert.Equal(["NAME    VALUE", "a           1", "longer  1,000"], table.ToString().Split(Environment.NewLine));
    }
}
