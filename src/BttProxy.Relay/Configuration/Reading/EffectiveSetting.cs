using System.Collections;
using System.Text.Json.Nodes;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration.Reading;

/// <summary>An option as the relay would have it.</summary>
/// <param name="Key">Full name.</param>
/// <param name="Value">As the file writes it; a list has one setting, whatever its entries are.</param>
/// <param name="Origin">Default, or file and line, preset, or the command line's option.</param>
internal sealed record EffectiveSetting(string Key, JsonNode? Value, string Origin)
{
    public const string Default = "default";

    public static IEnumerable<EffectiveSetting> Of(LoadedConfiguration configuration) =>
        Of(OptionSection.Of(typeof(RelayOptions)), configuration.Options, "", configuration.Places);

    /// <summary>A value as the file writes it.</summary>
    public static JsonNode? ToJson(OptionDefinition option, object? value) => value switch
    {
        null => null,
        IList list when option.IsList => new JsonArray([.. list.Cast<object>().Select(entry => Single(option, entry))]),
        _ => Single(option, value),
    };

    private static IEnumerable<EffectiveSetting> Of(OptionSection section, object target, string prefix, IReadOnlyDictionary<string, string> places)
    {
        foreach (var option in section.Options)
        {
            var (key, value) = (prefix + option.Name, option.Property.GetValue(target));
            if (option is { Section: { } inner, IsList: false } && value is not null)
            {
                foreach (var setting in Of(inner, value, key + ".", places))
                {
                    yield return setting;
                }
            }
            else
            {
                yield return new EffectiveSetting(key, ToJson(option, value), places.GetValueOrDefault(key, Default));
            }
        }
    }

    private static JsonNode Single(OptionDefinition option, object value) => option.Section is { } section
        ? new JsonObject(section.Options.Select(inner => KeyValuePair.Create(inner.Name, ToJson(inner, inner.Property.GetValue(value)))))
        : option.Kind!.ToJson(value);
}
