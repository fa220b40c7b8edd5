using System.Text;
using System.Text.Json;

namespace BttProxy.Relay.Configuration.Reading;

/// <summary>JSON with comments and trailing commas, as a tree that knows its lines. Nothing is decided about names and values here.</summary>
internal static class ConfigurationParser
{
    private const int MaxDepth = 16;

    /// <exception cref="JsonException">It is no JSON; the line is in the exception.</exception>
    public static ConfigurationNode Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = MaxDepth,
        });
        var lines = new LineCounter(utf8);
        reader.Read();
        var root = Read(ref reader, ref lines);
        reader.Read();
        return root;
    }

    private static ConfigurationNode Read(ref Utf8JsonReader reader, ref LineCounter lines)
    {
        var line = lines.LineOf(reader.TokenStartIndex);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => new ConfigurationNode(ConfigurationNodeKind.Section, line, "", ReadEntries(ref reader, ref lines, JsonTokenType.EndObject)),
            JsonTokenType.StartArray => new ConfigurationNode(ConfigurationNodeKind.List, line, "", ReadEntries(ref reader, ref lines, JsonTokenType.EndArray)),
            JsonTokenType.String => new ConfigurationNode(ConfigurationNodeKind.Text, line, Text(ref reader, line), []),
            JsonTokenType.Number => new ConfigurationNode(ConfigurationNodeKind.Number, line, Encoding.UTF8.GetString(reader.ValueSpan), []),
            JsonTokenType.Null => new ConfigurationNode(ConfigurationNodeKind.Null, line, "null", []),
            _ => new ConfigurationNode(ConfigurationNodeKind.Boolean, line, reader.TokenType == JsonTokenType.True ? "true" : "false", []),
        };
    }

    private static List<ConfigurationEntry> ReadEntries(ref Utf8JsonReader reader, ref LineCounter lines, JsonTokenType end)
    {
        var entries = new List<ConfigurationEntry>();
        while (reader.Read() && reader.TokenType != end)
        {
            var line = lines.LineOf(reader.TokenStartIndex);
            var name = "";
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = Text(ref reader, line);
                reader.Read();
            }

            entries.Add(new ConfigurationEntry(name, line, Read(ref reader, ref lines)));
        }

        return entries;
    }

    private static string Text(ref Utf8JsonReader reader, int line)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A text is not valid UTF-8.", null, line - 1, null, e);
        }
    }

    /// <summary>Counts forward only, as the reader goes.</summary>
    private ref struct LineCounter(ReadOnlySpan<byte> utf8)
    {
        private readonly ReadOnlySpan<byte> _utf8 = utf8;
        private int _counted;
        private int _line = 1;

        public int LineOf(long index)
        {
            _line += _utf8[_counted..(int)index].Count((byte)'\n');
            _counted = (int)index;
            return _line;
        }
    }
}
