using BttProxy.Relay.Telemetry;
using Xunit;

namespace BttProxy.UnitTests.Relay.Telemetry;

public sealed class CollectorHeadersTests
{
    [Fact]
    public void BothForms_AreRead_AndTheRestOfTheLineIsTheValue()
    {
        var headers = CollectorHeaders.Parse(["# of the collector", "", "  Authorization: Basic dXNlcjpwYXNz==  ", "x-scope=a:b=c", "api-key = k 1"]);

        Assert.Empty(headers.Problems);
        Assert.Equal([new("Authorization", "Basic dXNlcjpwYXNz=="), new("x-scope", "a:b=c"), new("api-key", "k 1")], headers.All);
    }

    [Theory]
    [InlineData("Bearer-abc", "neither")]
    [InlineData(": abc", "neither")]
    [InlineData("my key: abc", "name of a header")]
    [InlineData("authorization:", "no value for authorization")]
    [InlineData("authorization: schlüssel", "plain ASCII")]
    [InlineData("authorization: a\tb", "plain ASCII")]
    [InlineData("Content-Type: text/plain", "sets Content-Type, which the relay sets itself")]
    [InlineData("grpc-timeout: 5S", "sets grpc-timeout")]
    [InlineData("X-FIRST: other", "sets X-FIRST again")]
    public void WrongLine_IsToldByItsNumberAndNotByItsValue(string line, string problem)
    {
        var headers = CollectorHeaders.Parse(["x-first: 1", line]);

        var (number, text) = Assert.Single(headers.Problems);
        Assert.Equal(2, number);
        Assert.Contains(problem, text, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", text, StringComparison.Ordinal);
        Assert.Single(headers.All);
    }
}
