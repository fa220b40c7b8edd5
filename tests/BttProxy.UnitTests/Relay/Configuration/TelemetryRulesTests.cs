using BttProxy.Relay.Configuration;
using Xunit;

namespace BttProxy.UnitTests.Relay.Configuration;

public sealed class TelemetryRulesTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("http://127.0.0.1:4317", TelemetryProtocol.Grpc)]
    [InlineData("https://otlp.example.org", TelemetryProtocol.Grpc)]
    [InlineData("https://otlp.example.org/base", TelemetryProtocol.HttpProtobuf)]
    [InlineData(null, TelemetryProtocol.Grpc)]
    public void CollectorsAddress_IsAUrl(string? endpoint, TelemetryProtocol protocol) => Assert.Empty(Problems(endpoint, protocol));

    [Theory]
    [InlineData("collector:4317", "no address of a collector")]
    [InlineData("ftp://collector", "no address of a collector")]
    [InlineData("https://user:password@collector", "put keys into telemetry.headersFile")]
    [InlineData("https://collector?key=password", "put keys into telemetry.headersFile")]
    [InlineData("https://collector/v1/traces", "gRPC has its own")]
    public void WrongAddress_IsNamedWithItsRemedy(string endpoint, string expected)
    {
        var problem = Assert.Single(Problems(endpoint, TelemetryProtocol.Grpc));

        Assert.StartsWith("telemetry.otlpEndpoint: ", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("password", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongLineOfTheHeaders_IsNamedWithoutItsText()
    {
        File.WriteAllLines(_file, ["x-first: 1", "Bearer password"]);

        var problem = Assert.Single(Problems(null, TelemetryProtocol.Grpc, _file));

        Assert.Contains($"line 2 of '{_file}' is neither", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("password", problem, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Problems(string? endpoint, TelemetryProtocol protocol, string? headersFile = null)
    {
        var problems = new ConfigurationProblems();
        TelemetryRules.Check(new TelemetryOptions { OtlpEndpoint = endpoint, Protocol = protocol, HeadersFile = headersFile }, problems, machine: true);
        return problems.All.Select(static problem => problem.ToString());
    }
}
