using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using BttProxy.Relay.Configuration.Reading;

namespace BttProxy.Relay.Configuration.Schema;

/// <summary>Values that the file writes as a string.</summary>
/// <param name="name">In words.</param>
/// <param name="example">As in the file.</param>
/// <param name="pattern">Regular expression for the schema; null for any text.</param>
/// <param name="tryParse">Reads the string.</param>
/// <param name="format">Writes it.</param>
internal sealed class TextKind<T>(string name, string example, string? pattern, TextKind<T>.TryParse tryParse, Func<T, string> format) : ValueKind
    where T : notnull
{
    public delegate bool TryParse(string text, [MaybeNullWhen(false)] out T value);

    public override string Name => name;

    public override string Example => example;

    public override bool TryRead(ConfigurationNode node, [NotNullWhen(true)] out object? value)
    {
        value = node.Kind is ConfigurationNodeKind.Text or ConfigurationNodeKind.Bound && tryParse(node.Text, out var read) ? read : null;
        return value is not null;
    }

    public override JsonNode ToJson(object value) => JsonValue.Create(format((T)value));

    public override void Describe(JsonObject schema)
    {
        schema["type"] = "string";
        if (pattern is not null)
        {
            schema["pattern"] = pattern;
        }
    }
}
