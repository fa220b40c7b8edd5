using BttProxy.Client.Terminal;

namespace BttProxy.Client.Settings;

/// <summary>What the global options and the environment say, before any file is read.</summary>
internal sealed record ClientSettings(string Home, string? NetworkPath, string? WalletPath, string? PasswordPath, bool Json)
{
    public string LedgerPath => Path.Combine(Home, "client.db");

    public string RelayCachePath => Path.Combine(Home, "relays.json");

    public string DhtStatePath => Path.Combine(Home, "dht.dat");

    public string MetadataDirectory => Path.Combine(Home, "metadata");

    public string DefaultWalletPath => Path.Combine(Home, "wallet.json");

    /// <summary>The option, else BTTPROXY_HOME, else the XDG data directory, else ~/.bttproxy.</summary>
    public static string FindHome(string? option, ClientTerminal terminal)
    {
        var home = option ?? NonEmpty(terminal.Variable("BTTPROXY_HOME"));
        if (home is null && NonEmpty(terminal.Variable("XDG_DATA_HOME")) is { } data)
        {
            home = Path.Combine(data, "bttproxy");
        }

        return Path.GetFullPath(home ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".bttproxy"));
    }

    public static string? NonEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
