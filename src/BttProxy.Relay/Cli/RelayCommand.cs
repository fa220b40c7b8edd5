using System.CommandLine;
using System.CommandLine.Help;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Reloading;

namespace BttProxy.Relay.Cli;

/// <summary>The command line. Options given here win over the configuration file. Without a command it runs the relay.</summary>
internal sealed class RelayCommand
{
    private const string Description = "Sells access to BitTorrent content through an HTTPS tunnel, for BTT by the megabyte.";

    private readonly RelayOptionSet _relay = new();
    private readonly RunOptionSet _run;
    private readonly RestoreCommand _restore = new();
    private readonly RootCommand _root = new(Description);

    public RelayCommand(TextWriter output, TextWriter error, TimeProvider time)
    {
        var examples = new Dictionary<Command, string[]>();
        var operators = new OperatorShell(_relay, output, error, time);
        _run = new RunOptionSet(_relay);
        _relay.AddTo(_root);
        _run.AddTo(_root);
        _root.Add(BackupCommand.Build(operators, examples));
        _root.Add(StatusCommand.Build(operators, examples));
        _root.Add(SessionsCommand.Build(operators, examples));
        _root.Add(TorrentsCommand.Build(operators, examples));
        _root.Add(DoctorCommand.Build(operators, examples));
        _root.Add(ProbeCommand.Build(operators, examples));
        _root.Add(EarningsCommand.Build(operators, examples));
        _root.Add(ChannelsCommand.Build(operators, examples));
        _root.Add(ClaimCommand.Build(operators, examples));
        _root.Add(CloseCommand.Build(operators, examples));
        _root.Add(ConfigCommand.Build(_relay, _run, output, error, examples));
        _root.Add(_restore);
        _root.Add(DeployContractCommand.Build(operators, examples));
        examples[_restore] = RestoreCommand.Examples;
        examples[_root] =
        [
            "bttproxy-relay --network devnet/network.json --state relay1",
            "bttproxy-relay --config relay.json",
            "bttproxy-relay --network network.json --listen 203.0.113.7:443 --price 10000000000000000",
            "bttproxy-relay config check relay.json",
            "bttproxy-relay status --config relay.json",
            "bttproxy-relay --config relay.json --roles worker --state worker1",
        ];
        foreach (var option in _root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpWithExamples((HelpAction)option.Action!, examples);
        }
    }

    /// <summary>Runs a command, or <paramref name="run"/> with the options that the arguments ask for; help is answered here.</summary>
    /// <exception cref="RelayConfigurationException">The arguments or the files they name are wrong.</exception>
    public Task<int> InvokeAsync(
        IReadOnlyList<string> args, Func<RelayOptions, ConfigurationSource, CancellationToken, Task<int>> run,
        Func<RelayOptions, RestoreArguments, CancellationToken, Task<int>> restore, CancellationToken cancellationToken)
    {
        _root.SetAction((parsed, token) => run(_run.Read(parsed), _run.SourceOf(parsed), token));
        _restore.SetAction((parsed, token) => restore(_run.Read(parsed), _restore.Read(parsed), token));
        var parsed = _root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
        {
            throw Wrong(parsed);
        }

        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return parsed.InvokeAsync(configuration, cancellationToken);
    }

    /// <exception cref="RelayConfigurationException">The arguments or the file they name are wrong.</exception>
    public (RelayOptions Options, ConfigurationSource Source) Parse(IReadOnlyList<string> args)
    {
        // Without an action a command is asked for.
        _root.SetAction(static _ => (int)RelayExitCode.Success);
        var parsed = _root.Parse(args);
        return parsed.Errors.Count == 0 ? (_run.Read(parsed), _run.SourceOf(parsed)) : throw Wrong(parsed);
    }

    private static RelayConfigurationException Wrong(ParseResult parsed) =>
        new(string.Join(Environment.NewLine, parsed.Errors.Select(static e => e.Message).Append("See 'bttproxy-relay --help'.")));
}
