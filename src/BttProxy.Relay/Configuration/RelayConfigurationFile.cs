using System.Reflection;
using BttProxy.Relay.Configuration.Reading;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>Reads the JSON form of <see cref="RelayOptions"/>. Unknown keys are errors: a misspelt limit must not be silently ignored.</summary>
internal static class RelayConfigurationFile
{
    private const int MaxBytes = 256 * 1024;

    private const string PresetPrefix = "relay-config.";
    private const string PresetSuffix = ".json";

    public static IReadOnlyList<string> PresetNames { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(static name => name.StartsWith(PresetPrefix, StringComparison.Ordinal) && name.EndsWith(PresetSuffix, StringComparison.Ordinal))
            .Select(static name => name[PresetPrefix.Length..^PresetSuffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <exception cref="RelayConfigurationException">The file is missing, unreadable or wrong; all that is wrong, one line each.</exception>
    public static RelayOptions Load(string path) => OptionsOf(Read(path));

    /// <summary>A configuration that ships with the program.</summary>
    /// <exception cref="RelayConfigurationException">There is none with this name.</exception>
    public static RelayOptions LoadPreset(string name) => OptionsOf(ReadPreset(name));

    /// <param name="path">The file.</param>
    /// <param name="below">What holds where the file says nothing, such as a preset; null for the defaults.</param>
    public static LoadedConfiguration Read(string path, LoadedConfiguration? below = null)
    {
        var configuration = below ?? LoadedConfiguration.Defaults();
        return OptionFile.Read(path, "configuration file", "schema", MaxBytes, out var problem) is { } root
            ? Bind(root, path, configuration)
            : configuration with { Problems = [.. configuration.Problems, problem!] };
    }

    /// <exception cref="RelayConfigurationException">There is none with this name.</exception>
    public static LoadedConfiguration ReadPreset(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(PresetPrefix + name + PresetSuffix)
            ?? throw new RelayConfigurationException($"There is no preset '{name}'. Presets: {string.Join(", ", PresetNames)}.");
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        var source = $"preset {name}";
        return OptionFile.Parse(buffer.ToArray(), source, out var problem) is { } root
            ? Bind(root, source, LoadedConfiguration.Defaults())
            : throw new RelayConfigurationException([problem!]);
    }

    /// <exception cref="RelayConfigurationException">Something could not be read; all that is wrong, one line each.</exception>
    public static RelayOptions OptionsOf(LoadedConfiguration configuration) => configuration.Problems.Count == 0
        ? configuration.Options
        : throw new RelayConfigurationException(configuration.AllProblems(machine: true));

    private static LoadedConfiguration Bind(ConfigurationNode root, string source, LoadedConfiguration below)
    {
        var named = PresetOf(root, source);
        var holding = below.Places.Count > 0 ? below with { Problems = [.. below.Problems, .. named.Problems] } : named;
        var binder = new OptionBinder(source, OptionSection.Of(typeof(RelayOptions)), holding.Places);
        binder.Bind(holding.Options, root);
        return holding with { Problems = [.. holding.Problems, .. binder.Problems] };
    }

    // A preset on the command line wins over that which the file names.
    private static LoadedConfiguration PresetOf(ConfigurationNode root, string source)
    {
        if (root.Entries.FirstOrDefault(static entry => entry.Name == "preset") is not { Value: { Kind: ConfigurationNodeKind.Text, Text: var name } } entry)
        {
            return LoadedConfiguration.Defaults();
        }

        var shown = ConfigurationNode.Cut(name);
        return PresetNames.Contains(name)
            ? ReadPreset(name)
            : LoadedConfiguration.Defaults() with
            {
                Problems = [new ConfigurationProblem(
                    "preset", shown, $"there is no preset '{shown}'", $"Write one of {string.Join(", ", PresetNames)}", $"{source}:{entry.Line}")],
            };
    }
}
