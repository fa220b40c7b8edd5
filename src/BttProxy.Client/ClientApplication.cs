using System.CommandLine;
using System.CommandLine.Help;
using BttProxy.Client.Commands;
using BttProxy.Client.Terminal;
using BttProxy.Ledger;
using BttProxy.Tron;

namespace BttProxy.Client;

/// <summary>The user's program.</summary>
public static class ClientApplication
{
    public static Task<int> RunAsync(string[] args) => RunAsync(args, ClientTerminal.ForProcess(), CancellationToken.None);

    /// <summary>Runs one command line and returns its <see cref="ExitCode"/>; never throws for a fault of input, network or disk.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        var parsed = BuildRoot(terminal).Parse(args);
        var isHelp = parsed.Action is HelpWithExamples or HelpAction;
        if (parsed.Errors.Count > 0 && !isHelp)
        {
            foreach (var error in parsed.Errors)
            {
                await terminal.Error.WriteLineAsync(error.Message);
            }

            await terminal.Error.WriteLineAsync("See 'bttproxy --help'.");
            return (int)ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            // Time to finish the last piece, pay and close after Ctrl-C.
            ProcessTerminationTimeout = TimeSpan.FromSeconds(5),
        };
        return (int)await RunGuardedAsync(parsed, configuration, terminal, cancellationToken);
    }

    private static async Task<ExitCode> RunGuardedAsync(
        ParseResult parsed, InvocationConfiguration configuration, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            return (ExitCode)await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("Interrupted. What was verified is kept; run the same command again to go on.");
            return ExitCode.Interrupted;
        }
        catch (ChainException failure)
        {
            await terminal.Error.WriteLineAsync(failure.Message);
            return ExitCode.Network;
        }
        catch (LedgerException failure)
        {
            await terminal.Error.WriteLineAsync(failure.Message);
            return ExitCode.Disk;
        }
        catch (ClientException failure)
        {
            await terminal.Error.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        }
#pragma warning disable CA1031 // The top of the program: a bug of ours becomes one line and an exit code.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var detail = terminal.Variable("BTTPROXY_DEBUG") is null ? failure.GetType().Name + ": " + failure.Message : failure.ToString();
            await terminal.Error.WriteLineAsync("Unexpected failure, please report it (BTTPROXY_DEBUG=1 prints where): " + detail);
            return ExitCode.Unexpected;
        }
    }

    private static RootCommand BuildRoot(ClientTerminal terminal)
    {
        var global = new GlobalOptions();
        var examples = new Dictionary<Command, string[]>();
        var root = new RootCommand("Fetches torrents through paid relays: finds them, tunnels, verifies every piece and pays per megabyte.");
        global.AddTo(root);
        root.Add(RelaysCommand.Build(global, terminal, examples));
        root.Add(FetchCommand.Build(global, terminal, examples));
        root.Add(WalletCommand.Build(global, terminal, examples));
        root.Add(VoucherCommand.Build(global, terminal, examples));
        root.Add(TorrentCommand.Build(global, terminal, examples));
        examples[root] =
        [
            "bttproxy wallet new",
            "bttproxy --network network.json relays",
            "bttproxy --network network.json fetch 'magnet:?xt=urn:btih:...' -o Downloads",
        ];
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpWithExamples((HelpAction)option.Action!, examples);
        }

        return root;
    }
}
