namespace BttProxy.Relay.Configuration.Reading;

/// <summary>What somebody may have meant who misspelt a name.</summary>
internal static class NearestName
{
    private const int MaxLength = 64;

    /// <returns>Null when none is near enough.</returns>
    public static string? Of(string misspelt, IEnumerable<string> names)
    {
        if (misspelt.Length > MaxLength)
        {
            return null;
        }

        var (nearest, distance) = names.Select(name => (name, Distance: Distance(misspelt.ToUpperInvariant(), name.ToUpperInvariant())))
            .DefaultIfEmpty(("", int.MaxValue))
            .MinBy(static candidate => candidate.Item2);
        return distance <= Math.Max(1, misspelt.Length / 3) ? nearest : null;
    }

    // Levenshtein's: letters to insert, delete or replace.
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
