using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;

namespace BttProxy.Relay.Configuration.Schema;

/// <summary>The options of one class, in the order in which it declares them.</summary>
internal sealed class OptionSection
{
    private static readonly ConcurrentDictionary<Type, OptionSection> Known = new();

    private OptionSection(Type type)
    {
        Type = type;
        Options =
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(static property => property.CanWrite)
                .OrderBy(static property => property.MetadataToken)
                .Select(static property => new OptionDefinition(property)),
        ];
    }

    public Type Type { get; }

    public ImmutableArray<OptionDefinition> Options { get; }

    public static OptionSection Of(Type type) => Known.GetOrAdd(type, static t => new OptionSection(t));

    public OptionDefinition? Find(string name) => Options.FirstOrDefault(option => option.Name == name);

    /// <summary>Full keys of the options with this name in this section and those below.</summary>
    public IEnumerable<string> KeysNamed(string name, string prefix = "") => Options.SelectMany(option => option.Section is { } section
        ? section.KeysNamed(name, $"{prefix}{option.Name}{(option.IsList ? "[]" : "")}.")
        : string.Equals(option.Name, name, StringComparison.OrdinalIgnoreCase) ? [prefix + option.Name] : []);
}
