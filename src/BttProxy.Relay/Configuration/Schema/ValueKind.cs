using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using BttProxy.Relay.Configuration.Reading;

namespace BttProxy.Relay.Configuration.Schema;

/// <summary>One way in which the file writes values: how they are read, shown and described.</summary>
internal abstract class ValueKind
{
    /// <summary>In words, such as "a duration".</summary>
    public abstract string Name { get; }

    /// <summary>As it would stand in the file, such as "00:00:15" with its quotes.</summary>
    public abstract string Example { get; }

    public abstract bool TryRead(ConfigurationNode node, [NotNullWhen(true)] out object? value);

    /// <summary>As the file writes it.</summary>
    public abstract JsonNode ToJson(object value);

    /// <summary>Adds the keywords of JSON Schema that describe all values of this kind.</summary>
    public abstract void Describe(JsonObject schema);

    /// <summary>A bound that an attribute wrote as text.</summary>
    public object Bound(string text) => TryRead(ConfigurationNode.OfText(text), out var value)
        ? value
        : throw new InvalidOperationException($"'{text}' is not {Name}.");

    public string Show(object value) => ToJson(value) is JsonValue json && json.TryGetValue<string>(out var text) ? text : ToJson(value).ToJsonString();
}
