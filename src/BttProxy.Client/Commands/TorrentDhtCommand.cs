using System.CommandLine;
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

        void Add<T>(Command command, Argument<T> argument, Func<DhtNode, T, CancellationToken, Task<DhtAnswer>> ask, params string[] lines)
            where T : notnull
        {
            command.Add(argument);
            command.SetAction((result, cancellationToken) => RunAsync(
                swarm.ReadDht(result), terminal, global.Read(result, terminal).Json,
                (node, token) => ask(node, result.GetRequiredValue(argument), token), cancellationToken));
            examples[command] = lines;
            dht.Add(command);
        }

        Add(
            new Command("peers", "Find the peers of a torrent."), InfoHashArgument(), PeersAsync,
            "bttproxy torrent dht peers 0123456789abcdef0123456789abcdef01234567 --dht-bootstrap dht.example.org:6881");
        Add(
            new Command("get", "Read an immutable item (BEP 44)."), TargetArgument(), GetAsync,
            "bttproxy torrent dht get e5f96f6f38320f0f33959cb4d3d656452117aadb --dht-bootstrap dht.example.org:6881");
        Add(
            new Command("put", "Store a text as an immutable item (BEP 44), for about two hours."), TextArgument(), PutAsync,
            "bttproxy torrent dht put 'Hello World!' --dht-bootstrap dht.example.org:6881");
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

    private static async Task<DhtAnswer> PeersAsync(DhtNode node, InfoHash infoHash, CancellationToken cancellationToken)
    {
        var peers = new List<string>();
        await foreach (var peer in node.GetPeersAsync(infoHash, cancellationToken))
        {
            peers.Add(peer.ToString());
        }

        return new DhtAnswer(new { Peers = peers }, peers.Count == 0 ? "No peers." : string.Join('\n', peers));
    }

    private static async Task<DhtAnswer> GetAsync(DhtNode node, DhtNodeId target, CancellationToken cancellationToken)
    {
        var value = await node.GetImmutableAsync(target, cancellationToken)
            ?? throw new ClientException(ExitCode.NotFound, "No node that answered has this item.");
        var text = Encoding.UTF8.GetString(value.Span);
        return new DhtAnswer(new { Text = text, Bytes = value.Length }, text);
    }

    private static async Task<DhtAnswer> PutAsync(DhtNode node, string text, CancellationToken cancellationToken)
    {
        var result = await node.PutImmutableAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        return result.Stored > 0
            ? new DhtAnswer(
                new { Target = result.Target.ToString(), result.Stored, result.Refused, result.Silent }, $"{result.Target} at {result.Stored} nodes")
            : throw new ClientException(ExitCode.Network, "No node took the item.");
    }

    private static async Task<int> RunAsync(
        DhtSettings settings, ClientTerminal terminal, bool json, Func<DhtNode, CancellationToken, Task<DhtAnswer>> ask,
        CancellationToken cancellationToken)
    {
        if (settings.Bootstrap.Count == 0)
        {
            throw new ClientException(ExitCode.Usage, "Name a node to begin with: --dht-bootstrap HOST:PORT.");
        }

        using var loggers = ClientLogging.Create(terminal);
        await using var node = await DhtSession.StartAsync(settings, readOnly: true, terminal, loggers, cancellationToken);
        if (await node.BootstrapAsync(cancellationToken) == 0)
        {
            throw new ClientException(ExitCode.Network, "No DHT node answered"
                + (settings.AllowPrivateAddresses ? "." : "; loopback and private addresses need --allow-private."));
        }

        var answer = await ask(node, cancellationToken);
        await terminal.Output.WriteLineAsync(json ? JsonLine.Of(answer.Value) : answer.Text);
        return (int)ExitCode.Success;
    }

    private sealed record DhtAnswer(object Value, string Text);
}
