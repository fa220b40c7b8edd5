using BttProxy.Client.Wallets;
using BttProxy.Discovery.Caching;
using BttProxy.FunctionalTests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.FunctionalTests.Client;

/// <summary>
/// What a <c>bttproxy</c> process needs to take part in a test marketplace: network description, wallet, and the relays in its cache,
/// so that no DHT has to run.
/// </summary>
internal sealed class ClientHome
{
    private readonly TestMarketplace _market;

    private ClientHome(TestMarketplace market) => _market = market;

    public string Network => In("network.json");

    public string Downloads => In("downloads");

    public static async Task<ClientHome> MakeAsync(TestMarketplace market, IEnumerable<TestRelay> relays, CancellationToken cancellationToken)
    {
        var home = new ClientHome(market);
        await File.WriteAllBytesAsync(home.Network, market.Network.ToJson(), cancellationToken);
        var wallet = Keystore.Encrypt(market.Wallet.Key.Export(), market.Wallet.Address, "secret", new ScryptCost(16, 8, 1));
        Directory.CreateDirectory(home.In("home"));
        await File.WriteAllBytesAsync(home.In("home/wallet.json"), wallet, cancellationToken);
        await File.WriteAllTextAsync(home.In("password"), "secret\n", cancellationToken);
        using var cache = await RelayCache.OpenAsync(
            new RelayCacheOptions { Path = home.In("home/relays.json") }, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        foreach (var relay in relays)
        {
            cache.Remember(relay.Offer.Signed, relay.Offer.Record);
        }

        await cache.SaveAsync(cancellationToken);
        return home;
    }

    public string In(string path) => Path.Combine(_market.Folder.FullName, path);

    /// <summary>Runs a command line; home, network and password are this home's unless it names others.</summary>
    public ChildProgram Start(params string[] args)
    {
        (string Option, string Value)[] usual = [("--home", In("home")), ("--network", Network), ("--password-file", In("password"))];
        var missing = usual.Where(option => !args.Contains(option.Option)).SelectMany(static option => new[] { option.Option, option.Value });
        return ChildProgram.Start("bttproxy", [.. missing, .. args]);
    }

    public ChildProgram StartFetch(TestContent content, params string[] args) =>
        Start(["fetch", content.Info.InfoHash.ToString(), "-o", Downloads, "--json", .. args]);
}
