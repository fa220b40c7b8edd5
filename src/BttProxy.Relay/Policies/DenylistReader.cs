using BttProxy.BitTorrent;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Policies;

/// <summary>Gathers the info-hashes that a policy names, inline and in its file.</summary>
internal static class DenylistReader
{
    // Some operators import long feeds; this is 20 MB of memory.
    private const int MaxEntries = 500_000;

    // Of a file that is no denylist at all, the first lines tell enough.
    private const int MaxProblems = 10;

    public static IReadOnlySet<InfoHash> Read(PolicyOptions options, ConfigurationProblems problems)
    {
        var denied = new HashSet<InfoHash>();
        foreach (var text in options.Denylist)
        {
            // What is none, the form of the option tells.
            if (InfoHash.TryParse(text, out var infoHash))
            {
                denied.Add(infoHash);
            }
        }

        if (options.DenylistFile is { } file && File.Exists(file))
        {
            try
            {
                ReadFile(file, denied, problems);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add("denylistFile", file, $"'{file}' cannot be read: {e.Message.TrimEnd('.')}", "Let the relay's user read it");
            }
        }

        return denied;
    }

    private static void ReadFile(string file, HashSet<InfoHash> denied, ConfigurationProblems problems)
    {
        var (number, wrong) = (0, 0);
        foreach (var line in File.ReadLines(file))
        {
            number++;
            var text = line.AsSpan().Trim();
            if (text.IsEmpty || text[0] == '#')
            {
                continue;
            }

            if (!InfoHash.TryParse(text, out var infoHash))
            {
                problems.Add(new ConfigurationProblem(
                    "denylistFile", null, $"line {number} is not an info-hash", "Write 40 hexadecimal digits, or # before a comment", $"{file}:{number}"));
                if (++wrong == MaxProblems)
                {
                    return;
                }
            }
            else if (denied.Add(infoHash) && denied.Count > MaxEntries)
            {
                problems.Add("denylistFile", file, $"'{file}' has more than {MaxEntries} info-hashes", "Shorten the list");
                return;
            }
        }
    }
}
