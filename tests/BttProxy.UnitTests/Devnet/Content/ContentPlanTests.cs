using BttProxy.Devnet.Content;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Content;

public sealed class ContentPlanTests
{
    [Theory]
    [InlineData(ContentPlan.SmallestSize)]
    [InlineData(ContentPlan.SmallestSize + 1)]
    [InlineData(256L << 20)]
    [InlineData(ContentPlan.LargestSize)]
    public void AnySize_IsMetExactlyByUniqueFiles(long size)
    {
        var plan = ContentPlan.Create(size);

        Assert.Equal(size, plan.Sum(file => file.Length));
        Assert.All(plan, file => Assert.True(file.Length >= 0));
        Assert.Distinct(plan.Select(file => file.Path));
    }

    [Fact]
    public void Plan_HasAnEmptyFileOddSizesAndNamesBeyondAscii()
    {
        var plan = ContentPlan.Create(256L << 20);

        Assert.Contains(plan, file => file.Length == 0);
        Assert.Contains(plan, file => file.Length > 1 << 20 && file.Length % 2 == 1);
        Assert.Contains(plan, file => !System.Text.Ascii.IsValid(file.Path));
    }

    [Theory]
    [InlineData("262144", 262_144)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("64 mib", 64L << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("500MB", 500_000_000)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("300KiB", 300L << 10)]
    public void SizeThatPeopleWrite_IsRead(string text, long expected)
    {
        Assert.True(ContentPlan.TryParseSize(text, out var size));
        Assert.Equal(expected, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1.5GiB")]
    [InlineData("64MiBs")]
    [InlineData("1KiB")]
    [InlineData("65GiB")]
    [InlineData("99999999999999999999")]
    [InlineData("9223372036854775807GiB")]
    public void SizeOutOfRangeOrNoSize_IsRefused(string text) => Assert.False(ContentPlan.TryParseSize(text, out _));
}
