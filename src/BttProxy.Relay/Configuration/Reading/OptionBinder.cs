using System.Collections;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration.Reading;

/// <summary>Sets the options that a file names, and reports every name and value in it that cannot be one.</summary>
/// <param name="source">The file, as in messages.</param>
/// <param name="root">All options: where a misplaced one belongs.</param>
/// <param name="places">Gets the place of each option that the file sets.</param>
internal sealed class OptionBinder(string source, OptionSection root, Dictionary<string, string> places)
{
    // Names that people give to what must not be in the file.
    private static readonly string[] SecretWords = ["privatekey", "secret", "mnemonic", "password", "payeekey", "identitykey", "pathkey"];

    private const string Braces = "an object";

    private const string KeysElsewhere =
        "Keys are never in this file: put them into files of keysDirectory, or name one in BTTPROXY_PAYEE_KEY_FILE; whoever saw this file knows this key";

    private readonly ConfigurationProblems _problems = new(places);

    public IReadOnlyList<ConfigurationProblem> Problems => _problems.All;

    public void Bind(object target, ConfigurationNode node)
    {
        if (node.Kind == ConfigurationNodeKind.Section)
        {
            BindSection(root, target, node, "");
        }
        else
        {
            _problems.Add(new ConfigurationProblem(
                "", node.Shown, $"the file must be a JSON object, not {node.Shown}", "Begin it with { and end it with }", Place(node.Line)));
        }
    }

    private void BindSection(OptionSection section, object target, ConfigurationNode node, string prefix)
    {
        var lines = new Dictionary<string, int>();
        foreach (var entry in node.Entries)
        {
            var key = prefix + entry.Name;
            if (section.Find(entry.Name) is not { } option)
            {
                _problems.Add(Unknown(section, prefix, entry));
            }
            else if (!lines.TryAdd(entry.Name, entry.Line))
            {
                _problems.Add(new ConfigurationProblem(
                    key, entry.Value.Shown, $"is set twice, in line {lines[entry.Name]} already", "Keep one of the two", Place(entry.Line)));
            }
            else
            {
                places[key] = Place(entry.Line);
                BindOption(option, target, entry.Value, key);
            }
        }

        foreach (var option in section.Options.Where(option => option.IsRequired && !lines.ContainsKey(option.Name)))
        {
            _problems.Add(new ConfigurationProblem(
                prefix + option.Name, null, "is missing", $"Add \"{option.Name}\": {NameOf(option)}{(option.Kind is { } kind ? $", such as {kind.Example}" : "")}", Place(node.Line)));
        }
    }

    private void BindOption(OptionDefinition option, object target, ConfigurationNode node, string key)
    {
        if (node.Kind == ConfigurationNodeKind.Null)
        {
            if (option.MayBeNull)
            {
                option.Property.SetValue(target, null);
            }
            else
            {
                Wrong(option, node, key, NameOf(option));
            }
        }
        else if (option.IsList)
        {
            BindList(option, target, node, key);
        }
        else if (option.Section is { } section)
        {
            if (node.Kind == ConfigurationNodeKind.Section)
            {
                BindSection(section, option.Property.GetValue(target) ?? Create(option, target), node, key + ".");
            }
            else
            {
                Wrong(option, node, key, NameOf(option));
            }
        }
        else if (option.Kind!.TryRead(node, out var value))
        {
            option.Property.SetValue(target, value);
        }
        else
        {
            Wrong(option, node, key, option.Kind.Name);
        }
    }

    private void BindList(OptionDefinition option, object target, ConfigurationNode node, string key)
    {
        if (node.Kind != ConfigurationNodeKind.List)
        {
            Wrong(option, node, key, NameOf(option));
            return;
        }

        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(option.ValueType))!;
        for (var i = 0; i < node.Entries.Count; i++)
        {
            var (entry, entryKey) = (node.Entries[i], $"{key}[{i}]");
            places[entryKey] = Place(entry.Line);
            if (option.Section is { } section && entry.Value.Kind == ConfigurationNodeKind.Section)
            {
                var item = Activator.CreateInstance(option.ValueType)!;
                BindSection(section, item, entry.Value, entryKey + ".");
                list.Add(item);
            }
            else if (option.Kind is { } kind && kind.TryRead(entry.Value, out var value))
            {
                list.Add(value);
            }
            else
            {
                Wrong(option, entry.Value, entryKey, option.Kind?.Name ?? Braces);
            }
        }

        option.Property.SetValue(target, list);
    }

    private static object Create(OptionDefinition option, object target)
    {
        var created = Activator.CreateInstance(option.ValueType)!;
        option.Property.SetValue(target, created);
        return created;
    }

    private static string NameOf(OptionDefinition option) => option switch
    {
        { IsList: true, Kind: { } kind } => $"a list of {kind.Name}",
        { IsList: true } => "a list of objects",
        { Kind: { } kind } => kind.Name,
        _ => Braces,
    };

    private static string ExampleOf(OptionDefinition option, string expected) => option.Kind is not { } kind
        ? expected == Braces ? "one in braces: { … }" : "one in brackets: [ { … } ]"
        : expected == kind.Name ? $"one such as {kind.Example}" : $"one in brackets, with entries such as {kind.Example}";

    private void Wrong(OptionDefinition option, ConfigurationNode node, string key, string expected)
    {
        var range = option.RangeText is { Length: > 0 } text ? $", from {text}" : "";
        var leaveOut = option.IsRequired || option.IsList ? "" : "; or leave it out for its default";
        _problems.Add(key, node.Shown, $"{node.Shown} is not {expected}", $"Write {ExampleOf(option, expected)}{range}{leaveOut}");
    }

    private ConfigurationProblem Unknown(OptionSection section, string prefix, ConfigurationEntry entry)
    {
        var key = prefix + ConfigurationNode.Cut(entry.Name);
        var flat = entry.Name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        var elsewhere = root.KeysNamed(entry.Name).ToList();
        var remedy =
            SecretWords.Any(word => flat.Contains(word, StringComparison.OrdinalIgnoreCase)) ? KeysElsewhere
            : elsewhere.Count > 0 ? $"Move it to {string.Join(" or ", elsewhere)}, where it belongs"
            : NearestName.Of(entry.Name, section.Options.Select(static option => option.Name)) is { } near ? $"Write {near} if that is meant, or remove it"
            : $"Remove it; {(prefix.Length == 0 ? "the file" : prefix[..^1])} knows {string.Join(", ", section.Options.Select(static option => option.Name))}";
        return new ConfigurationProblem(key, null, "there is no such option", remedy, Place(entry.Line));
    }

    private string Place(int line) => $"{source}:{line}";
}
