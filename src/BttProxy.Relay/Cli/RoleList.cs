using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Cli;

/// <summary>Roles as the command line writes them: <c>gateway,worker</c>.</summary>
internal static class RoleList
{
    private static readonly Dictionary<string, RelayRole> Words =
        Enum.GetValues<RelayRole>().ToDictionary(static role => role.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <exception cref="RelayConfigurationException">One of them is no role.</exception>
    public static IReadOnlyList<RelayRole> Parse(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries).Select(static word => Words.TryGetValue(word, out var role)
            ? role
            : throw new RelayConfigurationException($"--roles must list some of gateway,worker,dht,settler, not '{word}'."))];
}
