namespace BttProxy.Relay.Configuration;

/// <summary>Collects everything that is wrong, so that it is told at once; what only follows from another problem is left out.</summary>
/// <param name="places">Where each option was set.</param>
/// <param name="known">Options whose problem is known already.</param>
internal sealed class ConfigurationProblems(IReadOnlyDictionary<string, string>? places = null, IEnumerable<string>? known = null)
{
    private readonly List<ConfigurationProblem> _all = [];
    private readonly HashSet<string> _keys = [.. known ?? []];

    public IReadOnlyList<ConfigurationProblem> All => _all;

    /// <param name="key">Full name of the option.</param>
    /// <param name="value">What it is set to; null where that must not be shown.</param>
    /// <param name="problem">What is wrong, without a full stop.</param>
    /// <param name="remedy">What to do, without a full stop.</param>
    /// <param name="others">Options that the problem depends on; with a problem of their own, this one is not told.</param>
    public void Add(string key, string? value, string problem, string remedy, params ReadOnlySpan<string> others)
    {
        foreach (var other in others)
        {
            if (IsKnown(other))
            {
                return;
            }
        }

        if (_keys.Add(key))
        {
            _all.Add(new ConfigurationProblem(key, value, problem, remedy, PlaceOf(key)));
        }
    }

    /// <summary>A problem of a place rather than of an option.</summary>
    public void Add(ConfigurationProblem problem)
    {
        _keys.Add(problem.Key);
        _all.Add(problem);
    }

    private bool IsKnown(string key) => _keys.Any(known =>
        known.StartsWith(key, StringComparison.Ordinal) && (known.Length == key.Length || known[key.Length] is '.' or '['));

    private string? PlaceOf(string key)
    {
        // What a file does not name has the place of nothing; an entry's option has that of its list where it has none itself.
        for (var name = key; name.Length > 0; name = name.LastIndexOf('[') is var at and > 0 ? name[..at] : "")
        {
            if (places?.GetValueOrDefault(name) is { } place)
            {
                return place;
            }
        }

        return null;
    }
}
