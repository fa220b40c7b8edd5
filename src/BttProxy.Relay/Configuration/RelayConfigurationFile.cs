using System.Reflection;
using System.Text.Json;
using BttProxy.Relay.Configuration.Reading;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>Reads the JSON form of <see cref="RelayOptions"/>. Unknown keys are errors: a misspelt limit must not be silently ignored.</summary>
internal static class RelayConfigurationFile
{
    // Generous for a hand-written file, small enough that a wrong path (an image, a log) is refused at once.
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
        try
        {
            var file = new FileInfo(path);
            return !file.Exists ? Unreadable(configuration, path, "does not exist", "Name a file that does; 'bttproxy-relay config schema' says what it may have")
                : file.Length > MaxBytes ? Unreadable(configuration, path, $"is larger than {MaxBytes} bytes", "Name the right file")
                : Parse(File.ReadAllBytes(path), path, configuration);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable(configuration, path, $"cannot be read: {e.Message.TrimEnd('.')}", "Let the relay's user read it");
        }
    }

    /// <exception cref="RelayConfigurationException">There is none with this name.</exception>
    public static LoadedConfiguration ReadPreset(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(PresetPrefix + name + PresetSuffix)
            ?? throw new RelayConfigurationException($"There is no preset '{name}'. Presets: {string.Join(", ", PresetNames)}.");
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return Parse(buffer.ToArray(), $"preset {name}", LoadedConfiguration.Defaults());
    }

    /// <exception cref="RelayConfigurationException">Something could not be read; all that is wrong, one line each.</exception>
    public static RelayOptions OptionsOf(LoadedConfiguration configuration) => configuration.Problems.Count == 0
        ? configuration.Options
        : throw new RelayConfigurationException(configuration.AllProblems(machine: true));

    private static LoadedConfiguration Parse(ReadOnlySpan<byte> utf8, string source, LoadedConfiguration below)
    {
        ConfigurationNode root;
        try
        {
            root = ConfigurationParser.Parse(utf8);
        }
        catch (JsonException e)
        {
            var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            var message = (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.');
            return below with
            {
                Problems = [.. below.Problems, new ConfigurationProblem(
                    "", null, $"not JSON: {message}", "Mend the text there: a comma, quote or bracket is missing or one too many", $"{source}:{e.LineNumber + 1}")],
            };
        }

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

    private static LoadedConfiguration Unreadable(LoadedConfiguration below, string path, string problem, string remedy) => below with
    {
        Problems = [.. below.Problems, new ConfigurationProblem("", path, $"The configuration file '{path}' {problem}", remedy)],
    };
}
