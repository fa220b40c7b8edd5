using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Configuration.Reading;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.UnitTests.Relay.Configuration;

/// <summary>
/// Writes the JSON schema of the options: names, kinds, ranges and defaults from the options classes, descriptions from the documentation
/// comments that the compiler put beside the program.
/// </summary>
internal sealed class RelaySchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, XElement> _documentation = XDocument
        .Load(Path.ChangeExtension(typeof(RelayOptions).Assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(static member => member.Attribute("name")!.Value);

    public static string Text<T>(string title)
        where T : new()
    {
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = title };
        new RelaySchema().Describe(OptionSection.Of(typeof(T)), new T(), schema);
        return schema.ToJsonString(Indented) + "\n";
    }

    private void Describe(OptionSection section, object? defaults, JsonObject schema)
    {
        schema["type"] = "object";
        schema["additionalProperties"] = false;
        if (section.Options.Where(static option => option.IsRequired).Select(static option => JsonValue.Create(option.Name)).ToArray() is { Length: > 0 } required)
        {
            schema["required"] = new JsonArray([.. required]);
        }

        schema["properties"] = new JsonObject(section.Options.Select(option =>
            KeyValuePair.Create<string, JsonNode?>(option.Name, Describe(option, defaults is null ? null : option.Property.GetValue(defaults), defaults is not null))));
    }

    private JsonObject Describe(OptionDefinition option, object? value, bool hasDefault)
    {
        var schema = new JsonObject { ["description"] = Description(option) };
        var single = option.IsList ? new JsonObject() : schema;
        if (option.Section is { } section)
        {
            Describe(section, option.IsList ? null : value, single);
        }
        else
        {
            option.Kind!.Describe(single);
            DescribeLimits(option, single);
        }

        if (option.IsList)
        {
            schema["type"] = "array";
            if (option.MaxEntries is { } most)
            {
                schema["maxItems"] = most;
            }

            schema["items"] = single;
        }

        if (option.MayBeNull)
        {
            AllowNull(schema);
        }

        if (hasDefault && (option.Section is null || option.IsList || value is null))
        {
            schema["default"] = EffectiveSetting.ToJson(option, value);
        }

        return schema;
    }

    private static void DescribeLimits(OptionDefinition option, JsonObject schema)
    {
        if (option.Range is { } range && option.Kind!.ToJson(range.Least).GetValueKind() == JsonValueKind.Number)
        {
            schema["minimum"] = option.Kind.ToJson(range.Least);
            schema["maximum"] = option.Kind.ToJson(range.Most);
        }

        if (option.Pattern is { } pattern)
        {
            schema["pattern"] = pattern.Pattern;
        }
    }

    private static void AllowNull(JsonObject schema)
    {
        if (schema["enum"] is JsonArray choices)
        {
            choices.Add(null);
        }
        else
        {
            schema["type"] = schema["type"] is JsonArray types ? new JsonArray([.. types.Select(static type => type!.DeepClone()), "null"]) : new JsonArray(schema["type"]!.DeepClone(), "null");
        }
    }

    public string Description(OptionDefinition option)
    {
        var property = option.Property;
        var text = Summary($"P:{property.DeclaringType!.FullName}.{property.Name}")
            ?? Summary($"T:{option.ValueType.FullName}")
            ?? throw new InvalidOperationException($"{property.DeclaringType.Name}.{property.Name} has no summary: say what the option means, and end with \"Default: …\".");
        return option.RangeText is { Length: > 0 } range ? $"{text} From {range}." : text;
    }

    private string? Summary(string member) => _documentation.TryGetValue(member, out var element) && element.Element("summary") is { } summary
        ? string.Join(' ', string.Concat(summary.Nodes().Select(Plain)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        : null;

    private static string Plain(XNode node) => node switch
    {
        XElement { Name.LocalName: "see" } see => see.Attribute("cref")!.Value.Split('.')[^1],
        XElement element => element.Value,
        _ => node.ToString().Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal),
    };
}
