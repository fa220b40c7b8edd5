using System.Net;
using System.Text.Json.Nodes;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.Client;
using BttProxy.Client.Terminal;
using BttProxy.FunctionalTests.BitTorrent.Dht;
using BttProxy.FunctionalTests.BitTorrent.Swarm;
using BttProxy.FunctionalTests.Processes;
using Xunit;

namespace BttProxy.FunctionalTests.Client;

/// <summary><c>bttproxy torrent</c> as a user runs it, against itself and engines in this process.</summary>
public sealed class TorrentProgramTests : IAsyncLifetime
{
    private const int Length = 20_000_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly SwarmWorld _world = new();
    private TorrentInfo _info = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string TorrentPath => _world["content.torrent"];

    public async ValueTask InitializeAsync()
    {
        _info = await _world.CreateContentAsync("content", 64 << 10, ("one.bin", Length - 5000), ("nö/two.bin", 5000));
        await File.WriteAllBytesAsync(TorrentPath, TorrentFile.Write(_info), Cancellation);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task GetAndSeed_MoveATorrent_AndReportIt()
    {
        await using var seed = Start("seed", TorrentPath, _world.ContentPath("content"), "--listen", "127.0.0.1:0", "--json");
        var ready = JsonNode.Parse(await seed.LineAsync("{\"ready\"", Deadline, Cancellation))!;
        Assert.Equal(_info.InfoHash.ToString(), (string?)ready["infoHash"]);

        await using var get = Start(
            "get", $"magnet:?xt=urn:btih:{_info.InfoHash}", "-o", _world["got"], "--peer", (string)ready["ready"]!, "--allow-private", "--json");
        Assert.True(await get.ExitAsync(Deadline, Cancellation) == 0, get.Error);
        var result = JsonNode.Parse(get.Output)!;
        Assert.Equal(
            (Length, Length, true, 0, 1),
            ((int)result["bytes"]!, (int)result["length"]!, (bool)result["complete"]!, (int)result["hashFailedBytes"]!, (int)result["peers"]!));
        Assert.All(
            ["seconds", "megabytesPerSecond", "cpuSeconds", "peakMebibytes"], name => Assert.True((double)result[name]! > 0, name));
        await AssertSameAsync("got");

        await seed.SignalAsync("INT", Cancellation);
        Assert.Equal(0, await seed.ExitAsync(Deadline, Cancellation));
        var end = JsonNode.Parse(seed.Output.TrimEnd().Split('\n')[^1])!;
        Assert.InRange((int)end["uploadedBytes"]!, Length, Length + (Length / 10));
    }

    [Fact]
    public async Task Interrupted_KeepsWhatIsVerified_AndTheNextRunGoesOn()
    {
        var seeder = await _world.StartSeederAsync(_info);
        var halfEngine = await _world.StartEngineAsync("half");
        var half = halfEngine.Add(_info, [seeder.LocalEndPoint]);
        await half.MetadataAsync(Cancellation);
        await SwarmWorld.ReadAsync(half, 0, Length / 2);

        await using var first = Start("get", TorrentPath, "-o", _world["got"], "--peer", $"{halfEngine.LocalEndPoint}", "--allow-private");
        await SwarmWorld.UntilAsync(() => half.Totals.UploadedBytes >= Length / 2, "half of it is given");
        await first.SignalAsync("INT", Cancellation);
        Assert.Equal((int)ExitCode.Interrupted, await first.ExitAsync(Deadline, Cancellation));
        Assert.Contains("run the same command again", first.Error, StringComparison.Ordinal);
        Assert.Empty(first.Output);

        await using var second = Start("get", TorrentPath, "-o", _world["got"], "--peer", $"{seeder.LocalEndPoint}", "--allow-private", "--json");
        Assert.True(await second.ExitAsync(Deadline, Cancellation) == 0, second.Error);
        Assert.InRange((int)JsonNode.Parse(second.Output)!["bytes"]!, 1, Length - (Length / 4));
        await AssertSameAsync("got");
    }

    [Fact]
    public async Task Stream_GoesToStandardOutput_AndTheReportBesideIt()
    {
        var seeder = await _world.StartSeederAsync(_info);
        using var content = new MemoryStream();
        using var error = new StringWriter();
        var terminal = new ClientTerminal { Output = TextWriter.Null, Error = error, OpenBinaryOutput = () => content };
        var exit = await ClientApplication.RunAsync(
            ["torrent", "get", TorrentPath, "-o", _world["got"], "--peer", $"{seeder.LocalEndPoint}", "--allow-private",
             "--stream", $"{Length - 6000}:3000", "--to-stdout", "--json"],
            terminal, Cancellation);

        Assert.Equal(0, exit);
        Assert.Equal((await _world.ReadContentAsync(_info))[^6000..^3000], content.ToArray());
        var report = JsonNode.Parse(error.ToString().Split('\n').Single(static line => line.StartsWith('{')))!;
        Assert.True((double)report["firstByteSeconds"]! > 0);
        Assert.False((bool)report["complete"]!);
    }

    [Fact]
    public async Task PrivateAddress_IsNotDialled_UnlessAllowed()
    {
        var seeder = await _world.StartSeederAsync(_info);
        await using var get = Start("get", TorrentPath, "-o", _world["got"], "--peer", $"{seeder.LocalEndPoint}", "--timeout", "2");
        Assert.Equal((int)ExitCode.TimedOut, await get.ExitAsync(Deadline, Cancellation));
        Assert.Contains("0 of 306 pieces", get.Error, StringComparison.Ordinal);
        Assert.All(seeder.Torrents, static torrent => Assert.Equal(0, torrent.PeerCount));
    }

    [Fact]
    public async Task IncompleteContent_IsNoSeed()
    {
        await File.WriteAllTextAsync(Path.Combine(_world.ContentPath("content"), "one.bin"), "short", Cancellation);
        await using var seed = Start("seed", TorrentPath, _world.ContentPath("content"), "--listen", "127.0.0.1:0");
        Assert.Equal((int)ExitCode.Disk, await seed.ExitAsync(Deadline, Cancellation));
        Assert.Contains("incomplete", seed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dht_StoresAndReads_AndLeadsToPeers()
    {
        await using var network = await DhtNetwork.StartAsync(12);
        var entry = network.WayIn.ToString();
        await using var seed = Start(
            "seed", TorrentPath, _world.ContentPath("content"), "--listen", "127.0.0.1:0", "--dht-listen", "127.0.0.1:0", "--dht-bootstrap", entry,
            "--allow-private");
        var ready = (await seed.LineAsync("ready ", Deadline, Cancellation)).Split(' ')[1];

        await using var get = Start(
            "get", _info.InfoHash.ToString(), "-o", _world["got"], "--listen", "127.0.0.1:0", "--dht-listen", "127.0.0.1:0", "--dht-bootstrap", entry,
            "--allow-private");
        Assert.True(await get.ExitAsync(Deadline, Cancellation) == 0, get.Error);
        await AssertSameAsync("got");

        Assert.Contains(ready, await AskAsync("peers", _info.InfoHash.ToString()), StringComparison.Ordinal);
        var put = JsonNode.Parse(await AskAsync("put", "Hello World!"))!;
        Assert.Equal("e5f96f6f38320f0f33959cb4d3d656452117aadb", (string?)put["target"]);
        Assert.Equal("""{"text":"Hello World!","bytes":12}""", (await AskAsync("get", (string)put["target"]!)).Trim());

        async Task<string> AskAsync(string what, string argument)
        {
            await using var dht = Start(
                "dht", what, argument, "--dht-bootstrap", entry, "--dht-listen", "127.0.0.1:0", "--allow-private", "--json");
            Assert.True(await dht.ExitAsync(Deadline, Cancellation) == 0, dht.Error);
            return dht.Output;
        }
    }

    [Fact]
    public async Task DhtPing_SaysWhoAnswered()
    {
        await using var network = await DhtNetwork.StartAsync(1);
        var (id, address) = (network.Nodes[0].Id.ToString(), network.WayIn.ToString());
        var ping = JsonNode.Parse(await RunAsync("dht", "ping", address, "--dht-listen", "127.0.0.1:0", "--allow-private", "--json"))!;
        Assert.Equal((id, address, "127.0.0.1", true), ((string?)ping["id"], (string?)ping["address"], (string?)ping["seesUsAt"], (bool)ping["verified"]!));
        Assert.InRange((double)ping["milliseconds"]!, 0.1, 5000);
        Assert.StartsWith($"{id} at {address} answered in ", await RunAsync("dht", "ping", address, "--allow-private"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--allow-private", " does not answer.")]
    [InlineData("--json", " does not answer; loopback and private addresses need --allow-private.")]
    public async Task DhtPing_OfSilence_IsOneLine(string option, string says)
    {
        using var silent = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var dht = Start("dht", "ping", $"{silent.Client.LocalEndPoint}", option);
        Assert.Equal((int)ExitCode.Network, await dht.ExitAsync(Deadline, Cancellation));
        Assert.Equal($"{silent.Client.LocalEndPoint}{says}", dht.Error.Trim());
    }

    [Fact]
    public async Task DhtStats_SayWhatTheNetworkLooksLike()
    {
        await using var network = await DhtNetwork.StartAsync(12);
        string[] ask = ["dht", "stats", "--dht-bootstrap", network.WayIn.ToString(), "--dht-listen", "127.0.0.1:0", "--allow-private"];
        var stats = JsonNode.Parse(await RunAsync([.. ask, "--json"]))!;
        Assert.InRange((int)stats["nodes"]!, 8, 12);
        Assert.Equal((int)stats["nodes"]!, (int)stats["verifiedNodes"]!);
        Assert.InRange((double)stats["networkSize"]!, 1, 200);
        Assert.True((int)stats["packetsReceived"]! >= (int)stats["nodes"]!);
        Assert.Contains("\nnodes      ", await RunAsync(ask), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dht_ThatIsSilent_IsOneLine()
    {
        using var silent = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var dht = Start(
            "dht", "peers", _info.InfoHash.ToString(), "--dht-bootstrap", $"{silent.Client.LocalEndPoint}", "--dht-listen", "127.0.0.1:0", "--allow-private");
        Assert.Equal((int)ExitCode.Network, await dht.ExitAsync(Deadline, Cancellation));
        Assert.Equal("No DHT node answered.", dht.Error.Trim());
    }

    private static async Task<string> RunAsync(params string[] args)
    {
        await using var program = Start(args);
        Assert.True(await program.ExitAsync(Deadline, Cancellation) == 0, program.Error);
        return program.Output;
    }

    private static ChildProgram Start(params string[] args) => ChildProgram.Start("bttproxy", ["torrent", .. args]);

    private async Task AssertSameAsync(string directory)
    {
        foreach (var file in _info.Files)
        {
            var relative = Path.Join([.. file.Path]);
            var expected = await File.ReadAllBytesAsync(_world[Path.Join("content", relative)], Cancellation);
            var actual = await File.ReadAllBytesAsync(_world[Path.Join(directory, relative)], Cancellation);
            Assert.True(expected.AsSpan().SequenceEqual(actual), relative);
        }
    }
}
