using System.Text.RegularExpressions;
using Xunit;

namespace BttProxy.UnitTests.Architecture;

/// <summary>
/// .NET writes the running activity into every HTTP request, so one who answers to several of our requests could tell that they belong
/// together: trackers, web seeds, chain nodes, relays. Whoever makes an HTTP handler says that it does not.
/// </summary>
public sealed partial class TraceHeaderTests
{
    [Fact]
    public void HttpHandlers_TellNobodyWhichRequestTheyServe()
    {
        var makers = Repository.SourceFiles("src").Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file)))
            .Where(file => Maker().IsMatch(file.Text)).ToList();

        Assert.Contains(makers, maker => maker.Name == "WorkerHttpClientFactory.cs");
        Assert.All(makers, maker => Assert.True(
            Maker().Count(maker.Text) == Regex.Count(maker.Text, @"\bActivityHeadersPropagator = null\b"), $"{maker.Name} does not say ActivityHeadersPropagator = null"));
    }

    [GeneratedRegex(@"new SocketsHttpHandler\b|SocketsHttpHandler \w+\([^)]*\) => new\(\)|override void ConfigureHandler\(|new HttpClientHandler\b|new HttpClient\(\)")]
    private static partial Regex Maker();
}
