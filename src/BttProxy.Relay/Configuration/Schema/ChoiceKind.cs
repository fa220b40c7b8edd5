using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using BttProxy.Relay.Configuration.Reading;

namespace BttProxy.Relay.Configuration.Schema;

/// <summary>The names of an enum.</summary>
internal sealed class ChoiceKind(Type type) : ValueKind
{
    private readonly Dictionary<string, object> _values =
        Enum.GetValues(type).Cast<object>().ToDictionary(static value => Written(value), StringComparer.Ordinal);

    public override string Name => "one of " + string.Join(", ", _values.Keys.Select(static name => $"\"{name}\""));

    public override string Example => $"\"{_values.Keys.First()}\"";

    public override bool TryRead(ConfigurationNode node, [NotNullWhen(true)] out object? value)
    {
        value = null;
        return node.Kind == ConfigurationNodeKind.Text && _values.TryGetValue(node.Text, out value);
    }

    public override JsonNode ToJson(object value) => JsonValue.Create(Written(value));

    public override void Describe(JsonObject schema) => schema["enum"] = new JsonArray([.. _values.Keys.Select(static name => JsonValue.Create(name))]);

    private static string Written(object value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()!);
}
