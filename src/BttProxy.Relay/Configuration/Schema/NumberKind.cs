using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using BttProxy.Relay.Configuration.Reading;

namespace BttProxy.Relay.Configuration.Schema;

/// <summary>Whole numbers; with <paramref name="bytes"/> also with a unit.</summary>
internal sealed class NumberKind<T>(bool bytes) : ValueKind
    where T : struct, IBinaryInteger<T>
{
    public override string Name => bytes ? "a number of bytes" : "a whole number";

    public override string Example => bytes ? "1073741824, \"1 GiB\" or \"500 MB\"" : "10, without quotes";

    public override bool TryRead(ConfigurationNode node, [NotNullWhen(true)] out object? value)
    {
        value = null;
        if (node.Kind is not (ConfigurationNodeKind.Number or ConfigurationNodeKind.Bound)
            && !(bytes && node.Kind == ConfigurationNodeKind.Text))
        {
            return false;
        }

        if (T.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            value = node.Kind == ConfigurationNodeKind.Text ? null : number;
        }
        else if (bytes && ByteText.TryParse(node.Text, out var count) && count <= (Int128)long.MaxValue && TryNarrow((long)count, out number))
        {
            value = number;
        }

        return value is not null;
    }

    public override JsonNode ToJson(object value) => JsonValue.Create(long.CreateChecked((T)value));

    public override void Describe(JsonObject schema)
    {
        schema["type"] = bytes ? new JsonArray("integer", "string") : "integer";
        if (bytes)
        {
            schema["pattern"] = ByteText.Pattern;
        }
    }

    private static bool TryNarrow(long count, out T number)
    {
        number = T.CreateTruncating(count);
        return long.CreateTruncating(number) == count;
    }
}
