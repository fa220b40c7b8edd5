using System.Globalization;

namespace BttProxy.Relay.Configuration.Reading;

/// <summary>Options with their origin, and everything in the file that is none.</summary>
/// <param name="Options">Defaults where nothing else was said, or could not be read.</param>
/// <param name="Places">Where each option that was set was set: file and line, preset, or the command line's option.</param>
/// <param name="Problems">What could not be read.</param>
internal sealed record LoadedConfiguration(
    RelayOptions Options, Dictionary<string, string> Places, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <summary>Nothing said: the defaults.</summary>
    public static LoadedConfiguration Defaults() => new(new RelayOptions(), [], []);

    /// <summary>What could not be read, and what is wrong with the rest, in the order of the lines.</summary>
    /// <param name="machine">Look at the files and directories that it names, too.</param>
    public IReadOnlyList<ConfigurationProblem> AllProblems(bool machine)
    {
        // Of a file that is not read at all, nothing else can be said.
        if (Problems.Any(static problem => problem.Key.Length == 0))
        {
            return Problems;
        }

        var unread = Problems.Select(static problem => problem.Key).ToHashSet();
        return [.. Problems.Concat(RelayOptionsValidator.Problems(Options, Places, unread, machine)).OrderBy(static problem => LineOf(problem.Place))];
    }

    private static int LineOf(string? place) =>
        place is not null && int.TryParse(place.AsSpan(place.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            ? line
            : int.MaxValue;
}
