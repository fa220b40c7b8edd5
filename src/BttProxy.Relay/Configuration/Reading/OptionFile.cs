using System.Text.Json;

namespace BttProxy.Relay.Configuration.Reading;

/// <summary>Reads a file of options as a tree, or says what keeps it from being one.</summary>
internal static class OptionFile
{
    /// <param name="path">The file.</param>
    /// <param name="what">Such as "configuration file".</param>
    /// <param name="schema">The command's argument that prints its schema.</param>
    /// <param name="maxBytes">Generous for a hand-written file, small enough that a wrong path (an image, a log) is refused at once.</param>
    /// <param name="problem">Why there is no tree.</param>
    public static ConfigurationNode? Read(string path, string what, string schema, int maxBytes, out ConfigurationProblem? problem)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length <= maxBytes)
            {
                return Parse(File.ReadAllBytes(path), path, out problem);
            }

            problem = file.Exists
                ? Unreadable($"is larger than {maxBytes} bytes", "Name the right file")
                : Unreadable("does not exist", $"Name a file that does; 'bttproxy-relay config {schema}' says what it may have");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = Unreadable($"cannot be read: {e.Message.TrimEnd('.')}", "Let the relay's user read it");
        }

        return null;

        ConfigurationProblem Unreadable(string problem, string remedy) => new("", path, $"The {what} '{path}' {problem}", remedy);
    }

    public static ConfigurationNode? Parse(ReadOnlySpan<byte> utf8, string source, out ConfigurationProblem? problem)
    {
        try
        {
            problem = null;
            return ConfigurationParser.Parse(utf8);
        }
        catch (JsonException e)
        {
            var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            var message = (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.');
            problem = new ConfigurationProblem(
                "", null, $"not JSON: {message}", "Mend the text there: a comma, quote or bracket is missing or one too many", $"{source}:{e.LineNumber + 1}");
            return null;
        }
    }
}
