using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;
using NSec.Cryptography;

namespace BttProxy.Benchmarks.Interop;

/// <summary>
/// DHT nodes of ours that a script drives: one command per line on stdin, one line of JSON per answer. The script
/// stands between them and nodes of other implementations (tests/interop/dht).
/// </summary>
internal static class DhtShell
{
    public const string Name = "dht";

    /// <param name="args">
    /// Address, first port, number of nodes, then the endpoints to join through, and for a single node also=ENDPOINT of
    /// the other family and state=FILE.
    /// </param>
    /// <param name="cancellationToken">Ends the shell, as the end of stdin does.</param>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var address = IPAddress.Parse(args[0]);
        var firstPort = int.Parse(args[1], CultureInfo.InvariantCulture);
        var named = args.Skip(3).Where(arg => arg.Contains('=')).Select(arg => arg.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var bootstrap = args.Skip(3).Where(arg => !arg.Contains('=')).Select(IPEndPoint.Parse).ToList();
        var nodes = new List<DhtNode>();
        try
        {
            for (var i = 0; i < int.Parse(args[2], CultureInfo.InvariantCulture); i++)
            {
                var options = new DhtNodeOptions
                {
                    ListenEndPoint = new IPEndPoint(address, firstPort + i),
                    SecondListenEndPoint = named.TryGetValue("also", out var second) ? IPEndPoint.Parse(second) : null,
                    StatePath = named.GetValueOrDefault("state"),
                    Bootstrap = bootstrap.Count > 0 || i == 0 ? bootstrap : [nodes[0].LocalEndPoint],
                    Guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true }),
                };
                nodes.Add(new DhtNode(options, TimeProvider.System, NullLoggerFactory.Instance));
                await nodes[^1].StartAsync(cancellationToken);
            }
            while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
            {
                Console.WriteLine(JsonSerializer.Serialize(await AnswerAsync(nodes[^1], line.Split(' '), cancellationToken)));
            }
            return 0;
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    private static async Task<object> AnswerAsync(DhtNode node, string[] words, CancellationToken cancellationToken)
    {
        switch (words)
        {
            case ["join"]:
                await node.BootstrapAsync(cancellationToken);
                return new { nodes = node.NodeCount };
            case ["announce", var hash, var port, .. var seed]:
                var isSeed = seed is ["seed"];
                return new { stored = await node.AnnounceAsync(InfoHash.Parse(hash), PortOf(port), cancellationToken, isSeed) };
            case ["scrape", var hash]:
                var counted = await node.ScrapeAsync(InfoHash.Parse(hash), cancellationToken);
                return new { seeds = counted.Seeds, downloaders = counted.Downloaders, answered = counted.Answered };
            case ["stats"]:
                return new
                {
                    networks = node.GetStatistics().Select(part => new { id = part.Id.ToString(), nodes = part.Nodes, size = part.NetworkSize }),
                };
            case ["peers", var hash, .. var wanted]:
                var peers = new List<string>();
                await foreach (var peer in node.GetPeersAsync(InfoHash.Parse(hash), cancellationToken))
                {
                    peers.Add(peer.ToString());
                    if (wanted.Contains(peers[^1]))
                    {
                        break;
                    }
                }
                return new { peers };
            case ["put", .. var text]:
                return Describe(await node.PutImmutableAsync(Encoding.UTF8.GetBytes(string.Join(' ', text)), cancellationToken));
            case ["get", var target]:
                var value = await node.GetImmutableAsync(new DhtNodeId(Convert.FromHexString(target)), cancellationToken);
                return new { text = value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null };
            case ["key", var seed]:
                using (var key = KeyOf(seed))
                {
                    return new { key = Convert.ToHexStringLower(key.PublicKey.Export(KeyBlobFormat.RawPublicKey)) };
                }
            case ["sign", var seed, var salt, var seq, var cas, .. var text]:
                using (var key = KeyOf(seed))
                {
                    var item = DhtMutableItem.Sign(
                        key, Encoding.UTF8.GetBytes(salt), NumberOf(seq), Encoding.UTF8.GetBytes(string.Join(' ', text)));
                    return Describe(await node.PutMutableAsync(item, cas == "-" ? null : NumberOf(cas), cancellationToken));
                }
            case ["read", var key, var salt]:
                var read = await node.GetMutableAsync(Convert.FromHexString(key), Encoding.UTF8.GetBytes(salt), cancellationToken);
                return new
                {
                    text = read.Item is { } found ? Encoding.UTF8.GetString(found.Value.Span) : null,
                    seq = read.Item?.Seq,
                    copies = read.Copies,
                    answered = read.Answered,
                };
            default:
                return new { error = "unknown command" };
        }
    }

    private static object Describe(DhtPutResult result) => new
    {
        target = result.Target.ToString(),
        stored = result.Stored,
        casMismatch = result.CasMismatch,
        sequenceTooLow = result.SequenceTooLow,
        refused = result.Refused,
        silent = result.Silent,
        copies = result.Copies,
        crowd = result.Crowd,
    };

    private static Key KeyOf(string seed) => Key.Import(SignatureAlgorithm.Ed25519, Convert.FromHexString(seed), KeyBlobFormat.RawPrivateKey);

    private static int? PortOf(string port) => port == "-" ? null : (int)NumberOf(port);

    private static long NumberOf(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
