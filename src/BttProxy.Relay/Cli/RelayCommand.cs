using System.CommandLine;
using System.Net;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Cli;

/// <summary>The command line. Options given here win over the configuration file.</summary>
internal sealed class RelayCommand
{
    /// <summary>Used unasked where the network is a closed one: the public defaults would not even listen there.</summary>
    private const string DevnetPreset = "devnet";

    private const string Description = """
        Sells access to BitTorrent content through an HTTPS tunnel, for BTT by the megabyte.

        Examples:
          bttproxy-relay --network devnet/network.json --state relay1
          bttproxy-relay --config relay.json
          bttproxy-relay --network network.json --listen 203.0.113.7:443 --price 10000000000000000
          bttproxy-relay restore --help
        """;

    private readonly Option<string?> _network = new("--network") { Description = "Network description (network.json).", HelpName = "FILE" };
    private readonly Option<string?> _config = new("--config") { Description = "Configuration file (JSON).", HelpName = "FILE" };
    private readonly Option<string?> _preset = new("--preset") { Description = "Configuration that ships with the program: devnet. Default on a devnet: devnet.", HelpName = "NAME" };
    private readonly Option<string?> _state = new("--state") { Description = "Directory for keys, ledger and cache.", HelpName = "DIR" };
    private readonly Option<IPEndPoint?> _listen = Text<IPEndPoint>("--listen", "HTTPS address to listen on.", "IP:PORT", IPEndPoint.TryParse);
    private readonly Option<IPEndPoint?> _admin = Text<IPEndPoint>("--admin", "Loopback address for metrics, health and books.", "IP:PORT", IPEndPoint.TryParse);
    private readonly Option<string?> _price = new("--price") { Description = "Smallest units per megabyte.", HelpName = "UNITS" };
    private readonly RestoreCommand _restore = new();
    private readonly RootCommand _root = new(Description);

    public RelayCommand()
    {
        foreach (var option in new Option[] { _network, _config, _preset, _state, _listen, _admin, _price })
        {
            _root.Add(option);
        }

        foreach (var option in new Option[] { _network, _config, _preset, _state })
        {
            option.Recursive = true;
        }

        _root.Add(_restore);
    }

    /// <summary>Runs <paramref name="run"/> with the options that the arguments ask for; help and usage errors are answered here.</summary>
    public Task<int> InvokeAsync(
        IReadOnlyList<string> args, Func<RelayOptions, CancellationToken, Task<int>> run,
        Func<RelayOptions, RestoreArguments, CancellationToken, Task<int>> restore, CancellationToken cancellationToken)
    {
        _root.SetAction((parsed, token) => run(Options(parsed), token));
        _restore.SetAction((parsed, token) => restore(Options(parsed), _restore.Read(parsed), token));
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return _root.Parse(args).InvokeAsync(configuration, cancellationToken);
    }

    /// <exception cref="RelayConfigurationException">The arguments or the file they name are wrong.</exception>
    public RelayOptions Parse(IReadOnlyList<string> args)
    {
        var parsed = _root.Parse(args);
        return parsed.Errors.Count == 0
            ? Options(parsed)
            : throw new RelayConfigurationException(string.Join(Environment.NewLine, parsed.Errors.Select(e => e.Message)));
    }

    private static Option<T?> Text<T>(string name, string description, string helpName, TextConverter<T>.TryParse tryParse)
        where T : class => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                if (tryParse(result.Tokens[0].Value, out var value))
                {
                    return value;
                }

                result.AddError($"{name} must be {helpName}, not '{result.Tokens[0].Value}'.");
                return null;
            },
        };

    private RelayOptions Options(ParseResult parsed)
    {
        var (config, preset, network) = (parsed.GetValue(_config), parsed.GetValue(_preset), parsed.GetValue(_network));
        if (config is not null && preset is not null)
        {
            throw new RelayConfigurationException("Give --config or --preset, not both.");
        }

        var options = config is not null ? RelayConfigurationFile.Load(config)
            : preset is not null ? RelayConfigurationFile.LoadPreset(preset)
            : network is not null && NetworkFile.Load(network).AllowPrivateAddresses ? RelayConfigurationFile.LoadPreset(DevnetPreset)
            : new RelayOptions();
        options.NetworkFile = network ?? options.NetworkFile;
        options.StateDirectory = parsed.GetValue(_state) ?? options.StateDirectory;
        options.Tunnel.Listen = parsed.GetValue(_listen) ?? options.Tunnel.Listen;
        options.Admin.Listen = parsed.GetValue(_admin) ?? options.Admin.Listen;
        if (parsed.GetValue(_price) is { } price)
        {
            options.Offer.PricePerMegabyte = PricePerMegabyte.TryParse(price, out var units)
                ? units
                : throw new RelayConfigurationException($"--price must be a whole number of smallest units per megabyte, not '{price}'.");
        }

        return options;
    }
}
