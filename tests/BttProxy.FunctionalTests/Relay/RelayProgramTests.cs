using System.Net;
using System.Net.Sockets;
using BttProxy.FunctionalTests.Processes;
using BttProxy.FunctionalTests.Relay.World;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>The program as an operator runs it.</summary>
public sealed class RelayProgramTests : IAsyncLifetime
{
    private const string Program = "bttproxy-relay";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private MarketWorld _world = null!;
    private string _network = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await MarketWorld.StartAsync(1 << 20, Token);
        _network = Path.Combine(_world.Directory, "network.json");
        await File.WriteAllBytesAsync(_network, _world.Network.ToJson(), Token);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_StopsCleanly(string signal)
    {
        await using var relay = Start("--preset", "devnet");
        var line = await relay.LineAsync("relay ", Deadline, Token);
        using var http = new HttpClient(new SocketsHttpHandler());
        var admin = line[(line.IndexOf("http://", StringComparison.Ordinal))..].Trim();
        Assert.Contains("bytesDelivered", await http.GetStringAsync(new Uri(admin + "/books"), Token), StringComparison.Ordinal);
        Assert.Contains("bttproxy", await MetricsAsync(http, admin), StringComparison.Ordinal);

        await relay.SignalAsync(signal, Token);

        Assert.Equal(0, await relay.ExitAsync(Deadline, Token));
    }

    [Fact]
    public async Task PortInUse_IsOneClearLine()
    {
        using var occupied = new TcpListener(IPAddress.Loopback, 0);
        occupied.Start();
        await using var relay = Start("--preset", "devnet", "--listen", occupied.LocalEndpoint.ToString()!);

        await FailsAsync(relay, "the port is in use");
    }

    [Fact]
    public async Task StateInUse_IsOneClearLine()
    {
        await using var first = Start("--preset", "devnet");
        await first.LineAsync("relay ", Deadline, Token);
        await using var second = Start("--preset", "devnet");

        await FailsAsync(second, "is open in another relay");
    }

    [Fact]
    public async Task MissingNetwork_IsOneClearLine()
    {
        await using var relay = ChildProgram.Start(Program, "--preset", "devnet", "--network", "/no/such/network.json");

        await FailsAsync(relay, "'/no/such/network.json' does not exist");
    }

    [Fact]
    public async Task UnusableStateDirectory_IsOneClearLine()
    {
        await using var relay = ChildProgram.Start(Program, "--preset", "devnet", "--network", _network, "--state", "/proc/relay");

        await FailsAsync(relay, "Choose another with --state");
    }

    [Fact]
    public async Task Help_ShowsExamples()
    {
        await using var relay = ChildProgram.Start(Program, "--help");

        Assert.Equal(0, await relay.ExitAsync(Deadline, Token));
        Assert.Contains("--network devnet/network.json", relay.Output, StringComparison.Ordinal);
    }

    private static async Task FailsAsync(ChildProgram relay, string expected)
    {
        Assert.NotEqual(0, await relay.ExitAsync(Deadline, Token));
        var line = Assert.Single(relay.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    // The first scrape may come before the first measurement.
    private static async Task<string> MetricsAsync(HttpClient http, string admin)
    {
        while (true)
        {
            var text = await http.GetStringAsync(new Uri(admin + "/metrics"), Token);
            if (text.Contains("bttproxy", StringComparison.Ordinal))
            {
                return text;
            }

            await Task.Delay(100, Token);
        }
    }

    private ChildProgram Start(params string[] args) =>
        ChildProgram.Start(Program, [.. args, "--network", _network, "--state", Path.Combine(_world.Directory, "relay")]);
}
