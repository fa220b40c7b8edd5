using System.Text;
using System.Text.Json.Nodes;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.Client;
using BttProxy.Client.Terminal;
using BttProxy.UnitTests.BitTorrent;
using Xunit;

namespace BttProxy.UnitTests.Client;

public sealed class TorrentCommandLineTests : IDisposable
{
    private const string InfoHash = "0123456789abcdef0123456789abcdef01234567";

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("torrent", ExitCode.Usage, "--help")]
    [InlineData("torrent get", ExitCode.Usage, "WHAT")]
    [InlineData("torrent get HASH --peer 127.0.0.1", ExitCode.Usage, "IP:PORT")]
    [InlineData("torrent get HASH --peer 127.0.0.1:0", ExitCode.Usage, "IP:PORT")]
    [InlineData("torrent get HASH --peer 127.0.0.1:1 --peer nobody:1", ExitCode.Usage, "nobody:1")]
    [InlineData("torrent get HASH --listen 127.0.0.1", ExitCode.Usage, "IP:PORT")]
    [InlineData("torrent get HASH --listen 127.0.0.1:1 --listen-ipv6 127.0.0.1:1", ExitCode.Usage, "no IPv6 address")]
    [InlineData("torrent seed F --listen [::1]:1 --listen-ipv6 [::1]:2", ExitCode.Usage, "beside an IPv4 one")]
    [InlineData("torrent get HASH --listen-ipv6 [::1]:2", ExitCode.Usage, "beside an IPv4 one")]
    [InlineData("torrent get HASH --encryption some", ExitCode.Usage, "require")]
    [InlineData("torrent get HASH --stream 5", ExitCode.Usage, "OFFSET:LENGTH")]
    [InlineData("torrent get HASH --stream -1:5", ExitCode.Usage, "OFFSET:LENGTH")]
    [InlineData("torrent get HASH --timeout 0", ExitCode.Usage, "--timeout")]
    [InlineData("torrent get HASH --dht-bootstrap example.org", ExitCode.Usage, "HOST:PORT")]
    [InlineData("torrent get missing.torrent", ExitCode.BadInput, "missing.torrent")]
    [InlineData("torrent get magnet:?xt=urn:btih:nonsense", ExitCode.BadInput, "magnet link")]
    [InlineData("torrent seed missing.torrent content", ExitCode.BadInput, ".torrent file cannot be read")]
    [InlineData("torrent info broken.torrent", ExitCode.BadInput, "Refused (NotBencoding)")]
    [InlineData("torrent dht peers nonsense", ExitCode.Usage, "info-hash")]
    [InlineData("torrent dht peers HASH", ExitCode.Usage, "--dht-bootstrap")]
    [InlineData("torrent dht get nonsense", ExitCode.Usage, "target")]
    [InlineData("torrent dht ping", ExitCode.Usage, "ADDRESS")]
    [InlineData("torrent dht ping nonsense", ExitCode.Usage, "HOST:PORT")]
    [InlineData("torrent dht stats", ExitCode.Usage, "--dht-bootstrap")]
    public async Task Fault_IsOneLineAndAnExitCode(string line, ExitCode expected, string says)
    {
        await File.WriteAllTextAsync(_folder["broken.torrent"], "not one", Cancellation);
        Assert.Equal(expected, await RunAsync(line));
        Assert.Contains(says, _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
        if (expected != ExitCode.Usage)
        {
            Assert.Single(_error.ToString().TrimEnd().Split('\n'));
        }
    }

    [Theory]
    [InlineData("torrent --help")]
    [InlineData("torrent get --help")]
    [InlineData("torrent seed --help")]
    [InlineData("torrent info --help")]
    [InlineData("torrent dht --help")]
    [InlineData("torrent dht peers --help")]
    [InlineData("torrent dht ping --help")]
    [InlineData("torrent dht stats --help")]
    public async Task Help_HasExamples(string line)
    {
        Assert.Equal(ExitCode.Success, await RunAsync(line));
        Assert.Contains("Examples:\n  bttproxy torrent ", _output.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_SaysWhatTheTorrentHolds()
    {
        await File.WriteAllBytesAsync(_folder["some.torrent"], Torrent("file", "padding"), Cancellation);
        Assert.Equal(ExitCode.Success, await RunAsync("torrent info some.torrent --json"));
        var info = JsonNode.Parse(_output.ToString())!;
        Assert.Equal(TorrentFile.Parse(Torrent("file", "padding")).InfoHash.ToString(), (string?)info["infoHash"]);
        Assert.Equal((string?)info["infoHash"], (string?)info["infoHashV1"]);
        Assert.Null(info["infoHashV2"]);
        Assert.Equal(("some", 16384, 2, 32768L), ((string)info["name"]!, (int)info["pieceLength"]!, (int)info["pieceCount"]!, (long)info["length"]!));
        Assert.True((bool)info["private"]!);
        Assert.Equal("""[["http://one.example/announce","udp://two.example:6969/"],["https://three.example/a"]]""", info["trackers"]!.ToJsonString());
        Assert.Equal("""["http://seed.example/"]""", info["webSeeds"]!.ToJsonString());
        Assert.Equal(
            """[{"path":"some/file","length":16000,"offset":0,"padding":false},{"path":"some/.pad/1","length":384,"offset":16000,"padding":true},{"path":"some/last","length":16384,"offset":16384,"padding":false}]""",
            info["files"]!.ToJsonString());
    }

    [Fact]
    public async Task Info_ForPeople_MarksPadding()
    {
        await File.WriteAllBytesAsync(_folder["some.torrent"], Torrent("file", "padding"), Cancellation);
        Assert.Equal(ExitCode.Success, await RunAsync("torrent info some.torrent"));
        Assert.Contains("some/.pad/1  (padding)", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("private    yes", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_OfAMagnetLink_IsWhatTheLinkSays()
    {
        var version2 = new string('a', 64);
        Assert.Equal(ExitCode.Success, await RunAsync(
            $"torrent info magnet:?xt=urn:btih:{InfoHash}&xt=urn:btmh:1220{version2}&dn=A%20name&tr=http://one.example/a&ws=http://two.example/ --json"));
        Assert.Equal(
            $$"""{"infoHash":"{{InfoHash}}","infoHashV1":"{{InfoHash}}","infoHashV2":"{{version2}}","name":"A name","trackers":[["http://one.example/a"]],"webSeeds":["http://two.example/"]}""",
            _output.ToString().Trim());
    }

    [Fact]
    public async Task Info_OfARefusedTorrent_IsTheReason()
    {
        await File.WriteAllBytesAsync(_folder["some.torrent"], Torrent("..", "x"), Cancellation);
        Assert.Equal(ExitCode.BadInput, await RunAsync("torrent info some.torrent --json"));
        var refusal = JsonNode.Parse(_output.ToString())!;
        Assert.Equal("UnsafePath", (string?)refusal["refused"]);
        Assert.NotEmpty((string)refusal["reason"]!);
        Assert.Empty(_error.ToString());
    }

    private static byte[] Torrent(string first, string padding) => Encoding.ASCII.GetBytes(
        "d13:announce-listll27:http://one.example/announce23:udp://two.example:6969/el23:https://three.example/aeli7eee"
        + "4:infod5:filesl"
        + $"d6:lengthi16000e4:pathl{first.Length}:{first}ee"
        + $"d4:attr1:p6:lengthi384e4:pathl{padding.Length}:{padding}ee"
        + "d6:lengthi16384e4:pathl4:lastee"
        + "e4:name4:some12:piece lengthi16384e6:pieces40:" + new string('h', 40) + "7:privatei1ee"
        + "8:url-listl20:http://seed.example/9:ftp://a/bee");

    private async Task<ExitCode> RunAsync(string line)
    {
        var args = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word == "HASH" ? InfoHash : word.EndsWith(".torrent", StringComparison.Ordinal) ? _folder[word] : word)
            .ToArray();
        var terminal = new ClientTerminal { Output = _output, Error = _error, Variable = static _ => null };
        return (ExitCode)await ClientApplication.RunAsync(args, terminal, Cancellation);
    }
}
