using System.Net;
using System.Net.Sockets;
using System.Text;
using BttProxy.FunctionalTests.Relay.World;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>The door for the operator's commands: who can open it, and what it stands.</summary>
public sealed class ControlSocketTests : IAsyncLifetime
{
    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 18, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task OnlyTheRelaysUser_MayOpenIt()
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);

        Assert.True(File.Exists(SocketOf("relay")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketOf("relay")));
        }
    }

    [Fact]
    public async Task StoppedRelay_LeavesNoSocket()
    {
        await (await _world.StartRelayAsync("relay", Token)).DisposeAsync();

        Assert.False(File.Exists(SocketOf("relay")));
        Assert.Equal(0, (await RunAsync("relay", "channels")).ExitCode);
    }

    [Fact]
    public async Task LongStateDirectory_IsFoundByThePointer()
    {
        var name = new string('x', 120);
        await using var relay = await _world.StartRelayAsync(name, Token);

        var channels = await RunAsync(name, "channels");

        Assert.Equal((0, "No channel has paid this relay yet.\n"), (channels.ExitCode, channels.Output));
        Assert.False(File.Exists(SocketOf(name)));
    }

    [Theory]
    [InlineData("{", HttpStatusCode.UnprocessableEntity)]
    [InlineData("null", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"channels":null,"all":false}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"channels":["0x12"],"all":false}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"channels":7}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"channels":[],"all":false}""", HttpStatusCode.OK)]
    public async Task Nonsense_IsRefused(string body, HttpStatusCode expected)
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);
        using var http = Http("relay");

        using var answer = await http.PostAsync(new Uri("http://x/claim"), new StringContent(body, Encoding.UTF8, "application/json"), Token);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task TooLong_IsRefusedAndTheRelayGoesOn()
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);
        using var http = Http("relay");
        var names = string.Join(',', Enumerable.Repeat("\"0x123456\"", 20_000));
        using var body = new StringContent($$"""{"channels":[{{names}}],"all":false}""", Encoding.UTF8, "application/json");

        using var answer = await http.PostAsync(new Uri("http://x/claim"), body, Token);

        Assert.False(answer.IsSuccessStatusCode);
        Assert.Equal(0, (await RunAsync("relay", "earnings")).ExitCode);
    }

    [Fact]
    public async Task UnknownPath_IsNotFound()
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);
        using var http = Http("relay");

        using var answer = await http.GetAsync(new Uri("http://x/earnings"), Token);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task NoStateDirectory_IsOneClearLine()
    {
        var run = await RunAsync("nothing", "earnings");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("does not exist. Name the relay's with --state.", run.Problem, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_world.Directory, "nothing")));
    }

    [Fact]
    public async Task NoLedger_IsOneClearLineAndNothingIsMade()
    {
        Directory.CreateDirectory(Path.Combine(_world.Directory, "empty"));

        var run = await RunAsync("empty", "claim");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("there is no ledger", run.Problem, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_world.Directory, "empty")));
    }

    [Fact]
    public async Task StoppedRelayWithoutNetwork_HasBooksAndSaysWhatAClaimNeeds()
    {
        await (await _world.StartRelayAsync("relay", Token)).DisposeAsync();

        var earnings = await RunAsync("relay", "earnings");
        var claim = await RunAsync("relay", "claim", "--dry-run");

        Assert.Equal(0, earnings.ExitCode);
        Assert.Contains("Break-even is not known: Which network?", earnings.Output, StringComparison.Ordinal);
        Assert.Equal(2, claim.ExitCode);
        Assert.Contains("--network FILE", claim.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("close", "0x123456", "has no channel 0x123456")]
    [InlineData("close", "0x12", "at least 6 digits")]
    [InlineData("claim", "not-a-channel", "at least 6 digits")]
    public async Task WrongChannel_IsOneClearLine(string command, string channel, string expected)
    {
        await using var relay = await _world.StartRelayAsync("relay", Token);

        var run = await RunAsync("relay", command, channel);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("earnings", "--btt-per-trx")]
    [InlineData("channels", "channels --config relay.json")]
    [InlineData("claim", "claim --config relay.json --dry-run")]
    [InlineData("close", "close 0x1f2e3d4c5b6a --config relay.json")]
    public async Task Help_ShowsExamples(string command, string expected)
    {
        var help = await OperatorRun.RunAsync(Token, command, "--help");

        Assert.Equal(0, help.ExitCode);
        Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
        Assert.Contains(expected, help.Output, StringComparison.Ordinal);
    }

    private string SocketOf(string name) => Path.Combine(_world.Directory, name, "control.sock");

    private Task<OperatorRun> RunAsync(string name, params string[] command) =>
        OperatorRun.RunAsync(Token, [.. command, "--state", Path.Combine(_world.Directory, name)]);

    private HttpClient Http(string name) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketOf(name)), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });
}
