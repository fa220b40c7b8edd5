using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using BttProxy.Relay.Configuration.Reading;

namespace BttProxy.Relay.Configuration.Schema;

internal sealed class BooleanKind : ValueKind
{
    public override string Name => "true or false";

    public override string Example => "true, without quotes";

    public override bool TryRead(ConfigurationNode node, [NotNullWhen(true)] out object? value)
    {
        value = node.Kind == ConfigurationNodeKind.Boolean ? node.Text == "true" : null;
        return value is not null;
    }

    public override JsonNode ToJson(object value) => JsonValue.Create((bool)value);

    public override void Describe(JsonObject schema) => schema["type"] = "boolean";
}
