using System.CommandLine;
using System.Net;
using System.Text;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Client.Terminal;
using BttProxy.Client.Torrents;

namespace BttProxy.Client.Commands;

internal static class TorrentDhtCommand
{
    private const int MaxText = 996;

    public static Command Build(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var swarm = new SwarmOptionSet();
        var dht = new Command("dht", "Ask the DHT directly, as a read-only node.");
        swarm.AddDhtTo(dht);

        // One that asks a single node needs no way into the network.
        void Add(Command command, Func<ParseResult, DhtNode, CancellationToken, Task<DhtAnswer>> ask, string example, bool joins = true)
        {
            command.SetAction((result, cancellationToken) => RunAsync(
                swarm.ReadDht(result), joins, terminal, global.Read(result, terminal).Json, (node, token) => ask(result, node, token),
                cancellationToken));
            examples[command] = [example, $"{example} --json"];
            dht.Add(command);
        }

        var (infoHash, target, text, address) = (InfoHashArgument(), TargetArgument(), TextArgument(), AddressArgument());
        Add(
            new Command("peers", "Find the peers of a torrent.") { infoHash },
            (result, node, token) => DhtQuestions.PeersAsync(node, result.GetRequiredValue(infoHash), token),
            "bttproxy torrent dht peers 0123456789abcdef0123456789abcdef01234567 --dht-bootstrap dht.example.org:6881");
        Add(
            new Command("get", "Read an immutable item (BEP 44).") { target },
            (result, node, token) => DhtQuestions.GetAsync(node, result.GetRequiredValue(target), token),
            "bttproxy torrent dht get e5f96f6f38320f0f33959cb4d3d656452117aadb --dht-bootstrap dht.example.org:6881");
        Add(
            new Command("put", "Store a text as an immutable item (BEP 44), for about two hours.") { text },
            (result, node, token) => DhtQuestions.PutAsync(node, result.GetRequiredValue(text), token),
            "bttproxy torrent dht put 'Hello World!' --dht-bootstrap dht.example.org:6881");
        Add(
            new Command("ping", "Ask one node whether it is there, and how far away.") { address },
            (result, node, token) => DhtQuestions.PingAsync(node, result.GetRequiredValue(address), swarm.ReadDht(result), token),
            "bttproxy torrent dht ping dht.example.org:6881", joins: false);
        Add(
            new Command("stats", "Join the network and say what it looks like from here."),
            (_, node, _) => Task.FromResult(DhtQuestions.Describe(node)),
            "bttproxy torrent dht stats --dht-bootstrap dht.example.org:6881");
        examples[dht] = [.. dht.Subcommands.Select(command => examples[command][0])];
        return dht;
    }

    private static Argument<InfoHash> InfoHashArgument() => new("INFOHASH")
    {
        Description = "40 hexadecimal or 32 base32 digits.",
        CustomParser = static result =>
        {
            if (InfoHash.TryParse(result.Tokens[0].Value, out var infoHash))
            {
                return infoHash;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no info-hash: give 40 hexadecimal or 32 base32 digits.");
            return default;
        },
    };

    private static Argument<DhtNodeId> TargetArgument() => new("TARGET")
    {
        Description = "40 hexadecimal digits, as 'put' prints them.",
        CustomParser = static result =>
        {
            if (InfoHash.TryParse(result.Tokens[0].Value, out var target))
            {
                return new DhtNodeId(target);
            }

            result.AddError($"'{result.Tokens[0].Value}' is no target: give 40 hexadecimal digits.");
            return default;
        },
    };

    private static Argument<string> TextArgument()
    {
        var text = new Argument<string>("TEXT") { Description = $"At most {MaxText} bytes of UTF-8." };
        text.Validators.Add(static result =>
        {
            if (Encoding.UTF8.GetByteCount(result.Tokens[0].Value) > MaxText)
            {
                result.AddError($"The text is longer than the {MaxText} bytes that an item holds (BEP 44).");
            }
        });
        return text;
    }

    private static Argument<DnsEndPoint> AddressArgument() => new("ADDRESS")
    {
        Description = "HOST:PORT of the node.", CustomParser = static result => EndPointText.ReadNames(result) is [var address] ? address : null,
    };

    private static async Task<int> RunAsync(
        DhtSettings settings, bool joins, ClientTerminal terminal, bool json, Func<DhtNode, CancellationToken, Task<DhtAnswer>> ask,
        CancellationToken cancellationToken)
    {
        if (joins && settings.Bootstrap.Count == 0)
        {
            throw new ClientException(ExitCode.Usage, "Name a node to begin with: --dht-bootstrap HOST:PORT.");
        }

        using var loggers = ClientLogging.Create(terminal);
        await using var node = await DhtSession.StartAsync(settings, readOnly: true, terminal, loggers, cancellationToken);
        if (joins && await node.BootstrapAsync(cancellationToken) == 0)
        {
            throw new ClientException(ExitCode.Network, "No DHT node answered" + DhtQuestions.WhyNot(settings));
        }

        var answer = await ask(node, cancellationToken);
        await terminal.Output.WriteLineAsync(json ? JsonLine.Of(answer.Value) : answer.Text);
        return (int)ExitCode.Success;
    }
}
