using BttProxy.Relay.Worker;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Relay.Worker;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=10-19", 10, 10)]
    [InlineData("BYTES=10-", 10, 90)]
    [InlineData("bytes=90-1000", 90, 10)]
    [InlineData("bytes=-7", 93, 7)]
    [InlineData("bytes=-700", 0, 100)]
    public void Satisfiable_GivesTheRange(string header, long offset, long length)
    {
        Assert.Equal(ByteRangeResult.Partial, ByteRange.Parse(header, 100, out var range));
        Assert.Equal(new ByteRange(offset, length), range);
    }

    [Theory]
    [InlineData("bytes=100-")]
    [InlineData("bytes=100-200")]
    [InlineData("bytes=-0")]
    public void OutsideTheContent_IsUnsatisfiable(string header) =>
        Assert.Equal(ByteRangeResult.Unsatisfiable, ByteRange.Parse(header, 100, out _));

    [Fact]
    public void EmptyContent_IsUnsatisfiable() =>
        Assert.Equal(ByteRangeResult.Unsatisfiable, ByteRange.Parse("bytes=0-", 0, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("items=0-1")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=+5-9")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=0x1-9")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("bytes=1 - 2")]
    public void Unusable_MeansTheWholeContent(string? header)
    {
        Assert.Equal(ByteRangeResult.Whole, ByteRange.Parse(header, 100, out var range));
        Assert.Equal(new ByteRange(0, 100), range);
    }

    [Fact]
    public void AnyHeader_StaysInsideTheContent() =>
        Gen.Select(Gen.String, Gen.Long[0, 1000], Gen.Bool).Sample((text, total, prefixed) =>
        {
            var result = ByteRange.Parse(prefixed ? "bytes=" + text : text, total, out var range);
            Assert.True(result == ByteRangeResult.Unsatisfiable
                || (range.Offset >= 0 && range.Length >= 0 && range.Offset + range.Length <= total));
        });
}
