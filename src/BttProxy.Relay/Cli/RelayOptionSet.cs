using System.CommandLine;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Configuration.Reading;

namespace BttProxy.Relay.Cli;

/// <summary>Which relay is meant; every command has these options, and they may stand before or after its name.</summary>
internal sealed class RelayOptionSet
{
    /// <summary>Used unasked where the network is a closed one: the public defaults would not even listen there.</summary>
    private const string DevnetPreset = "devnet";

    private readonly Option<string?> _network = Recursive("--network", "Network description (network.json).", "FILE");
    private readonly Option<string?> _config = Recursive("--config", "Configuration file (JSON).", "FILE");
    private readonly Option<string?> _preset = Recursive(
        "--preset",
        $"Configuration that ships with the program ({string.Join(", ", RelayConfigurationFile.PresetNames)}); the file wins over it. Default on a devnet: devnet.",
        "NAME");
    private readonly Option<string?> _state = Recursive("--state", "Directory for keys, ledger and cache.", "DIR");

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _network, _config, _preset, _state })
        {
            command.Add(option);
        }
    }

    /// <exception cref="RelayConfigurationException">A file that they name is missing or wrong; all that is wrong, one line each.</exception>
    public RelayOptions Read(ParseResult parsed) => RelayConfigurationFile.OptionsOf(ReadConfiguration(parsed));

    /// <summary>The configuration file that is meant; null for none.</summary>
    public string? FileOf(ParseResult parsed) => parsed.GetValue(_config);

    /// <summary>With everything that is wrong in it, instead of an exception, and where each option was set.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">The file that is meant; null for that of --config.</param>
    /// <exception cref="RelayConfigurationException">There is no such preset.</exception>
    public LoadedConfiguration ReadConfiguration(ParseResult parsed, string? file = null)
    {
        var (config, preset, network) = (file ?? parsed.GetValue(_config), parsed.GetValue(_preset), parsed.GetValue(_network));
        if (preset is null && config is null && network is not null && NetworkFile.Load(network).AllowPrivateAddresses)
        {
            preset = DevnetPreset;
        }

        var below = preset is null ? LoadedConfiguration.Defaults() : RelayConfigurationFile.ReadPreset(preset);
        var configuration = config is null ? below : RelayConfigurationFile.Read(config, below);
        if (network is not null)
        {
            configuration.Options.NetworkFile = network;
            configuration.Places["networkFile"] = _network.Name;
        }

        if (parsed.GetValue(_state) is { } state)
        {
            configuration.Options.StateDirectory = state;
            configuration.Places["stateDirectory"] = _state.Name;
        }

        return configuration;
    }

    private static Option<string?> Recursive(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, Recursive = true };
}
