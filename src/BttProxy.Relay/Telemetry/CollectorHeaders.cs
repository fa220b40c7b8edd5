using System.Buffers;

namespace BttProxy.Relay.Telemetry;

/// <summary>
/// Headers for the collector, from a file with one a line: <c>name: value</c> or <c>name=value</c>. Empty lines and those that begin with #
/// say nothing. What is wrong is told by its line's number: the text may be a secret.
/// </summary>
internal sealed class CollectorHeaders
{
    // A token of RFC 9110, without the # that begins a comment.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // What the export itself needs to say.
    private static readonly string[] Reserved = ["connection", "content-length", "content-type", "host", "te", "transfer-encoding", "user-agent"];

    private readonly List<KeyValuePair<string, string>> _all = [];
    private readonly List<(int Line, string Problem)> _problems = [];

    public static CollectorHeaders None { get; } = new();

    public IReadOnlyList<KeyValuePair<string, string>> All => _all;

    public IReadOnlyList<(int Line, string Problem)> Problems => _problems;

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor by this user.</exception>
    public static CollectorHeaders Read(string file) => Parse(File.ReadAllLines(file));

    public static CollectorHeaders Parse(IReadOnlyList<string> lines)
    {
        var headers = new CollectorHeaders();
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#' && headers.Add(line) is { } problem)
            {
                headers._problems.Add((i + 1, problem));
            }
        }

        return headers;
    }

    private string? Add(string line)
    {
        var end = line.AsSpan().IndexOfAny(':', '=');
        if (end <= 0)
        {
            return "is neither 'name: value' nor 'name=value'";
        }

        var (name, value) = (line[..end].TrimEnd(), line[(end + 1)..].TrimStart());
        if (name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            return "does not begin with the name of a header";
        }

        if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase))
        {
            return $"sets {name}, which the relay sets itself";
        }

        if (value.Length == 0 || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return $"has no value for {name}, or one that is not plain ASCII";
        }

        if (_all.Exists(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            return $"sets {name} again";
        }

        _all.Add(new KeyValuePair<string, string>(name, value));
        return null;
    }
}
