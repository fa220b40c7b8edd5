using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.Devnet.World;
using Microsoft.Extensions.Logging.Console;

namespace BttProxy.Devnet.Commands;

/// <summary><c>up</c>: keeps a world running for programs in other processes, until Ctrl-C or SIGTERM.</summary>
internal static class UpCommand
{
    private const string Description = """
        Keeps a devnet running until Ctrl-C, and writes DIR/network.json when it is ready. All state stays in DIR for the next time.

        Examples:
          bttproxy-devnet up --state ~/devnet
          bttproxy --network ~/devnet/network.json fetch "$(cat ~/devnet/content.magnet)" -o fetched
          bttproxy-relay --network ~/devnet/network.json --state ~/my-relay
        """;

    /// <summary>More nodes than one machine's lookups can visit test nothing new.</summary>
    private const int MostDhtNodes = 200;

    /// <summary>As many as TRON's main network has, about.</summary>
    private const long MostInitialBlocks = 100_000_000;

    public static Command Create(Option<long> size)
    {
        var state = new Option<string>("--state") { Description = "Directory for everything that is kept; made if it is not there.", HelpName = "DIR", Required = true };
        var address = new Option<IPAddress>("--listen-address")
        {
            Description = "The IPv4 address that everything listens on. Default: 127.0.0.1.",
            HelpName = "IP",
            DefaultValueFactory = _ => IPAddress.Loopback,
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (IPAddress.TryParse(text, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetwork && !parsed.Equals(IPAddress.Any))
                {
                    return parsed;
                }

                result.AddError($"--listen-address takes one IPv4 address of this machine, such as 127.0.0.1, not '{text}'.");
                return null;
            },
        };
        var relays = Count("--relays", "How many relays.", 3, RelayProfile.Count);
        var dhtNodes = Count("--dht-nodes", "How many DHT nodes beside those of relays and clients.", 8, MostDhtNodes);
        var blockTime = new Option<int>("--block-time")
        {
            Description = "Seconds between the TRON node's blocks, of which 18 more make one final; TRON's is 3. Default: 0, a block whenever there is a transaction.",
            HelpName = "SECONDS",
        };
        blockTime.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var seconds) || seconds is < 0 or > 60))
            {
                result.AddError("--block-time takes a number from 0 to 60.");
            }
        });
        var initialBlocks = new Option<long>("--initial-blocks")
        {
            Description = "Empty blocks that a new chain begins with, to try what a long one does: 'bttproxy wallet recover', say. Default: 0.", HelpName = "N",
        };
        initialBlocks.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && (!long.TryParse(token.Value, out var blocks) || blocks is < 0 or > MostInitialBlocks))
            {
                result.AddError($"--initial-blocks takes a number from 0 to {MostInitialBlocks}.");
            }
        });
        var command = new Command("up", Description) { state, address, relays, dhtNodes, blockTime, initialBlocks };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(state),
            new DevnetWorldOptions
            {
                Address = parsed.GetRequiredValue(address),
                Relays = parsed.GetValue(relays),
                DhtNodes = parsed.GetValue(dhtNodes),
                ContentSize = parsed.GetValue(size),
                BlockTime = TimeSpan.FromSeconds(parsed.GetValue(blockTime)),
                InitialBlocks = parsed.GetValue(initialBlocks),
            },
            cancellationToken));
        return command;
    }

    private static Option<int> Count(string name, string description, int usual, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} Default: {usual}.", HelpName = "N", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var count) || count < 1 || count > most))
            {
                result.AddError($"{name} takes a number from 1 to {most}.");
            }
        });
        return option;
    }

    private static async Task<int> RunAsync(string path, DevnetWorldOptions options, CancellationToken cancellationToken)
    {
        using var state = StateDirectory.Open(path);
        // Where the file is, the network is: nobody may find one of the last run.
        File.Delete(state.NetworkFile);
        try
        {
            await using var world = await DevnetWorld.StartAsync(
                state, options, Console.Out.WriteLine, LogToStandardError, TimeProvider.System, cancellationToken);
            await world.RelaysFoundAsync(_ => { }, cancellationToken);
            await WriteAsync(state.TorrentFile, TorrentFile.Write(world.Content.Info), cancellationToken);
            await WriteAsync(state.MagnetFile, Encoding.UTF8.GetBytes(world.Content.Magnet + "\n"), cancellationToken);
            await WriteAsync(state.NetworkFile, world.Network.ToJson(), cancellationToken);
            await Console.Out.WriteLineAsync($"content {world.Content.Magnet}");
            await Console.Out.WriteLineAsync($"ready {state.NetworkFile}");
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            File.Delete(state.NetworkFile);
            await Console.Out.WriteLineAsync("stopping");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Out.WriteLineAsync("stopped before it was ready");
        }

        return 0;
    }

    /// <summary>Whoever waits for the file never sees half of it.</summary>
    private static async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var draft = path + ".new";
        await File.WriteAllBytesAsync(draft, bytes, cancellationToken);
        File.Move(draft, path, overwrite: true);
    }

    private static void LogToStandardError(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(format => format.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
