using System.Text.Json;
using BttProxy.Relay.Cli;
using Xunit;

namespace BttProxy.UnitTests.Relay.Cli;

public sealed class ConfigShowTests
{
    [Theory]
    [InlineData("--listen", "127.0.0.1:4443", "tunnel.listen")]
    [InlineData("--admin", "127.0.0.1:4444", "admin.listen")]
    [InlineData("--price", "5", "offer.pricePerMegabyte")]
    [InlineData("--roles", "gateway,dht", "roles")]
    [InlineData("--state", "relay7", "stateDirectory")]
    public async Task OptionOfTheCommandLine_IsNamedAsTheOrigin(string option, string value, string key)
    {
        using var output = new StringWriter();
        await new RelayProgram(output, TextWriter.Null).RunAsync(
            ["config", "show", "--json", "--preset", "devnet", option, value], TestContext.Current.CancellationToken);

        using var settings = JsonDocument.Parse(output.ToString());
        var setting = Assert.Single(settings.RootElement.EnumerateArray(), setting => setting.GetProperty("key").GetString() == key);
        Assert.Equal(option, setting.GetProperty("origin").GetString());
        Assert.Contains(value.Split(',')[0], setting.GetProperty("value").ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
