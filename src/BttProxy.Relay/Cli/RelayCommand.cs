using System.CommandLine;
using System.CommandLine.Help;
using System.Net;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Reloading;

namespace BttProxy.Relay.Cli;

/// <summary>The command line. Options given here win over the configuration file. Without a command it runs the relay.</summary>
internal sealed class RelayCommand
{
    private const string Description = "Sells access to BitTorrent content through an HTTPS tunnel, for BTT by the megabyte.";

    private readonly RelayOptionSet _relay = new();
    private readonly Option<IPEndPoint?> _listen = EndPoint("--listen", "HTTPS address to listen on.");
    private readonly Option<IPEndPoint?> _admin = EndPoint("--admin", "Loopback address for metrics, health and books.");
    private readonly Option<string?> _price = new("--price") { Description = "Smallest units per megabyte.", HelpName = "UNITS" };
    private readonly Option<string?> _roles = new("--roles")
    {
        Description = "What this process does, of gateway,worker,dht,settler. Default: all.",
        HelpName = "LIST",
    };

    private readonly RestoreCommand _restore = new();
    private readonly RootCommand _root = new(Description);

    public RelayCommand(TextWriter output, TextWriter error, TimeProvider time)
    {
        var examples = new Dictionary<Command, string[]>();
        var operators = new OperatorShell(_relay, output, error, time);
        _relay.AddTo(_root);
        _root.Add(_listen);
        _root.Add(_admin);
        _root.Add(_price);
        _root.Add(BackupCommand.Build(operators, examples));
        _root.Add(StatusCommand.Build(operators, examples));
        _root.Add(SessionsCommand.Build(operators, examples));
        _root.Add(TorrentsCommand.Build(operators, examples));
        _root.Add(DoctorCommand.Build(operators, examples));
        _root.Add(ProbeCommand.Build(operators, examples));
        _root.Add(_roles);
        _root.Add(EarningsCommand.Build(operators, examples));
        _root.Add(ChannelsCommand.Build(operators, examples));
        _root.Add(ClaimCommand.Build(operators, examples));
        _root.Add(CloseCommand.Build(operators, examples));
        _root.Add(ConfigCommand.Build(_relay, output, error, examples));
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
        _root.SetAction((parsed, token) => run(Options(parsed), SourceOf(parsed), token));
        _restore.SetAction((parsed, token) => restore(Options(parsed), _restore.Read(parsed), token));
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
        return parsed.Errors.Count == 0 ? (Options(parsed), SourceOf(parsed)) : throw Wrong(parsed);
    }

    private static RelayConfigurationException Wrong(ParseResult parsed) =>
        new(string.Join(Environment.NewLine, parsed.Errors.Select(static e => e.Message).Append("See 'bttproxy-relay --help'.")));

    private static Option<IPEndPoint?> EndPoint(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "IP:PORT",
        CustomParser = result =>
        {
            if (IPEndPoint.TryParse(result.Tokens[0].Value, out var value))
            {
                return value;
            }

            result.AddError($"{name} must be IP:PORT, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private ConfigurationSource SourceOf(ParseResult parsed) => new(
        () =>
        {
            var configuration = _relay.ReadConfiguration(parsed);
            Override(configuration.Options, parsed);
            return configuration;
        },
        _relay.FileOf(parsed));

    private RelayOptions Options(ParseResult parsed)
    {
        var options = _relay.Read(parsed);
        Override(options, parsed);
        return options;
    }

    private void Override(RelayOptions options, ParseResult parsed)
    {
        options.Tunnel.Listen = parsed.GetValue(_listen) ?? options.Tunnel.Listen;
        options.Admin.Listen = parsed.GetValue(_admin) ?? options.Admin.Listen;
        if (parsed.GetValue(_price) is { } price)
        {
            options.Offer.PricePerMegabyte = PricePerMegabyte.TryParse(price, out var units)
                ? units
                : throw new RelayConfigurationException($"--price must be a whole number of smallest units per megabyte, not '{price}'.");
        }

        if (parsed.GetValue(_roles) is { } roles)
        {
            options.Roles = RoleList.Parse(roles);
        }
    }
}
