using System.CommandLine;
using BttProxy.Devnet.Content;

namespace BttProxy.Devnet.Commands;

/// <summary>The command line of <c>bttproxy-devnet</c>: the demo without arguments, and <c>up</c>.</summary>
internal static class DevnetCommand
{
    private const long DefaultContentSize = 256L << 20;

    /// <summary>What shells report for a program that Ctrl-C ended.</summary>
    private const int InterruptedExitCode = 130;

    private const string Description = """
        A whole BttProxy marketplace on this machine: a DHT, a seeder, relays, a client, and a ledger that stands in for TRON.
        Without a command it plays the demo: relays announce themselves, a client finds them and pays one for a torrent, the relay claims.

        Examples:
          bttproxy-devnet                                     the demo with 256 MiB
          bttproxy-devnet --size 1GiB --json books.json       more content, and the books as data
          bttproxy-devnet up --state ~/devnet                 keeps a world running for bttproxy and bttproxy-relay
          bttproxy --network ~/devnet/network.json relays     what another terminal can do with it
        """;

    /// <summary>Long enough for relays to finish their responses and the ledgers their last write.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args);
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = ShutdownTimeout },
                CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("bttproxy-devnet: stopped.");
            return InterruptedExitCode;
        }
        catch (DevnetException exception)
        {
            await Console.Error.WriteLineAsync($"bttproxy-devnet: {exception.Message}");
            return 1;
        }
    }

    private static RootCommand Create()
    {
        var size = new Option<long>("--size")
        {
            Description = "How much content the seeder offers: bytes, or a number with KiB, MiB, GiB, MB or GB. Default: 256MiB.",
            HelpName = "SIZE",
            DefaultValueFactory = _ => DefaultContentSize,
            Recursive = true,
            CustomParser = result =>
            {
                if (!ContentPlan.TryParseSize(result.Tokens.Single().Value, out var bytes))
                {
                    result.AddError("--size takes a size from 256KiB to 64GiB, such as 64MiB.");
                }

                return bytes;
            },
        };
        var root = new RootCommand(Description) { size, UpCommand.Create(size) };
        DemoCommand.AddTo(root, size);
        return root;
    }
}
