using System.CommandLine;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Cli;

/// <summary>Which relay is meant; every command has these options, and they may stand before or after its name.</summary>
internal sealed class RelayOptionSet
{
    /// <summary>Used unasked where the network is a closed one: the public defaults would not even listen there.</summary>
    private const string DevnetPreset = "devnet";

    private readonly Option<string?> _network = Recursive("--network", "Network description (network.json).", "FILE");
    private readonly Option<string?> _config = Recursive("--config", "Configuration file (JSON).", "FILE");
    private readonly Option<string?> _preset = Recursive("--preset", "Configuration that ships with the program: devnet. Default on a devnet: devnet.", "NAME");
    private readonly Option<string?> _state = Recursive("--state", "Directory for keys, ledger and cache.", "DIR");

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _network, _config, _preset, _state })
        {
            command.Add(option);
        }
    }

    /// <exception cref="RelayConfigurationException">They contradict each other, or a file that they name is wrong.</exception>
    public RelayOptions Read(ParseResult parsed)
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
        return options;
    }

    private static Option<string?> Recursive(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, Recursive = true };
}
