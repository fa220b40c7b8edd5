namespace BttProxy.Relay.Configuration.Reading;

/// <summary>A value of the file and the line on which it begins.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Line">From 1.</param>
/// <param name="Text">Of a single value, unquoted.</param>
/// <param name="Entries">Of a section, in the file's order and with duplicates; of a list without names.</param>
internal sealed record ConfigurationNode(ConfigurationNodeKind Kind, int Line, string Text, IReadOnlyList<ConfigurationEntry> Entries)
{
    private const int ShownLength = 60;

    /// <summary>As in a message: strings in quotes, long ones cut.</summary>
    public string Shown => Kind switch
    {
        ConfigurationNodeKind.Section => "an object",
        ConfigurationNodeKind.List => "a list",
        ConfigurationNodeKind.Text => $"\"{Cut(Text)}\"",
        _ => Cut(Text),
    };

    /// <summary>A bound of a range.</summary>
    public static ConfigurationNode OfText(string text) => new(
        long.TryParse(text, out _) ? ConfigurationNodeKind.Bound : ConfigurationNodeKind.Text, 0, text, []);

    /// <summary>Fit for one line of a message, whatever the file has.</summary>
    public static string Cut(string text)
    {
        var line = new string([.. text.Take(ShownLength).Select(static c => char.IsControl(c) ? ' ' : c)]);
        return text.Length > ShownLength ? line + "…" : line;
    }
}
