using System.Text;
using BttProxy.Relay.Configuration.Reading;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.UnitTests.Relay.Configuration;

/// <summary>Writes a file that has every option with its default, or an example where the default says nothing, below what the option means.</summary>
/// <param name="examples">Values, as the file writes them, by full name.</param>
internal sealed class AnnotatedExample(IReadOnlyDictionary<string, string> examples)
{
    private const int Width = 120;

    private readonly RelaySchema _schema = new();
    private readonly StringBuilder _text = new();

    public string Text<T>(string head)
        where T : new()
    {
        _text.Append("{\n");
        Comment(head, 1);
        Write(OptionSection.Of(typeof(T)), new T(), "", 1);
        return _text.Append("}\n").ToString();
    }

    private void Write(OptionSection section, object values, string prefix, int depth)
    {
        foreach (var option in section.Options)
        {
            var (key, value) = (prefix + option.Name, option.Property.GetValue(values));
            _text.Append(depth == 1 || option != section.Options[0] ? "\n" : "");
            Comment(_schema.Description(option), depth);
            _text.Append(' ', 2 * depth).Append('"').Append(option.Name).Append("\": ");
            if (option is { Section: { } inner, IsList: false } && value is not null)
            {
                _text.Append("{\n");
                Write(inner, value, key + ".", depth + 1);
                _text.Append(' ', 2 * depth).Append('}');
            }
            else
            {
                _text.Append(examples.GetValueOrDefault(key) ?? EffectiveSetting.ToJson(option, value)?.ToJsonString() ?? "null");
            }

            _text.Append(option == section.Options[^1] ? "\n" : ",\n");
        }
    }

    private void Comment(string text, int depth)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + word.Length + (2 * depth) + 4 > Width)
            {
                Flush();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        Flush();

        void Flush()
        {
            _text.Append(' ', 2 * depth).Append("// ").Append(line).Append('\n');
            line.Clear();
        }
    }
}
