using System.Net;
using System.Net.Sockets;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Configuration;

/// <summary>Reports everything that is wrong with a configuration at once, each by the full name of the option.</summary>
internal static class RelayOptionsValidator
{
    // Two of the largest pieces in use, so that reading one does not cost the other; and more than any volume has.
    private const long MinCacheBytes = 32L << 20;
    private const long MaxCacheBytes = 1L << 50;

    public static IReadOnlyList<string> Problems(RelayOptions options)
    {
        var problems = new List<string>();
        CheckTunnel(options.Tunnel, problems);
        CheckMoney(options, problems);
        CheckChain(options.Chain, problems);
        CheckSettlement(options.Settlement, problems);
        CheckWorker(options.Worker, problems);
        CheckCache(options.Cache, problems);
        CheckBackup(options.Backup, problems);
        if (string.IsNullOrWhiteSpace(options.StateDirectory))
        {
            problems.Add("StateDirectory must name a directory.");
        }

        if (!IPAddress.IsLoopback(options.Admin.Listen.Address))
        {
            problems.Add($"Admin.Listen must be a loopback address, not {options.Admin.Listen.Address}: it shows the relay's books to anybody.");
        }

        CheckRange(problems, "Dht.RecordLifetime", options.Dht.RecordLifetime, TimeSpan.FromMinutes(5), TimeSpan.FromHours(24));
        return problems;
    }

    private static void CheckTunnel(TunnelOptions tunnel, List<string> problems)
    {
        if (tunnel.PublicEndPoints.Count > 4)
        {
            problems.Add("Tunnel.PublicEndPoints must have at most 4 entries.");
        }

        if (tunnel.PublicEndPoints.Count == 0
            && (tunnel.Listen.Address.Equals(IPAddress.Any) || tunnel.Listen.Address.Equals(IPAddress.IPv6Any)))
        {
            problems.Add("Tunnel.PublicEndPoints must name the address that clients dial when Tunnel.Listen is a wildcard.");
        }

        if (tunnel.SiteDirectory is { } site && !Directory.Exists(site))
        {
            problems.Add($"Tunnel.SiteDirectory '{site}' does not exist.");
        }

        if (tunnel.Region.Length != 2 || !tunnel.Region.All(char.IsAsciiLetterUpper))
        {
            problems.Add("Tunnel.Region must be two capital letters.");
        }

        if (Uri.CheckHostName(tunnel.ServerName) is not UriHostNameType.Dns || tunnel.ServerName.Length > 63)
        {
            problems.Add("Tunnel.ServerName must be a host name of at most 63 characters.");
        }

        CheckRange(problems, "Tunnel.MaxConnections", tunnel.MaxConnections, 1, 1_000_000);
        CheckRange(problems, "Tunnel.StallTimeout", tunnel.StallTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        CheckRange(problems, "Tunnel.DrainTimeout", tunnel.DrainTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10));
    }

    private static void CheckMoney(RelayOptions options, List<string> problems)
    {
        var credit = options.Credit;
        CheckRange(problems, "Credit.WindowFloorBytes", credit.WindowFloorBytes, 16 * 1024, 1 << 30);
        CheckRange(problems, "Credit.WindowCeilingBytes", credit.WindowCeilingBytes, 16 * 1024, 1 << 30);
        if (credit.WindowCeilingBytes < credit.WindowFloorBytes)
        {
            problems.Add("Credit.WindowCeilingBytes must not be below Credit.WindowFloorBytes.");
        }

        if (credit.CreditWait >= options.Tunnel.StallTimeout)
        {
            problems.Add("Credit.CreditWait must be below Tunnel.StallTimeout.");
        }

        CheckRange(problems, "Credit.CreditWait", credit.CreditWait, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        CheckRange(problems, "Credit.MaxSessions", credit.MaxSessions, 1, 1_000_000);
        CheckRange(problems, "Credit.SessionIdleTimeout", credit.SessionIdleTimeout, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1));
        CheckRange(problems, "Credit.ClockSkew", credit.ClockSkew, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        CheckRange(problems, "Credit.MaxInvalidVouchersPerMinute", credit.MaxInvalidVouchersPerMinute, 1, 100_000);
        CheckRange(problems, "Credit.MaxRefusedOpensPerMinute", credit.MaxRefusedOpensPerMinute, 1, 100_000);
        CheckRange(problems, "Offer.MinimumWithdrawDelay", options.Offer.MinimumWithdrawDelay, TimeSpan.FromHours(1), TimeSpan.FromDays(365));
        if (options.Offer.OpenFee > options.Offer.MinimumDeposit)
        {
            problems.Add($"Offer.OpenFee {options.Offer.OpenFee} must be at most Offer.MinimumDeposit {options.Offer.MinimumDeposit}: the deposit pays it.");
        }

        if (options.Offer.Payee is { } payee && !TronAddress.TryParse(payee, out _))
        {
            problems.Add($"Offer.Payee '{payee}' is not a TRON address (34 characters beginning with T).");
        }
    }

    private static void CheckChain(ChainOptions chain, List<string> problems)
    {
        foreach (var address in chain.Nodes.SelectMany(static node => new[] { node.FullNode, node.SolidityNode }))
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            {
                problems.Add($"Chain.Nodes: '{address}' must be http://host:port or https://host:port.");
            }
        }

        if (chain.Nodes.Count > 0 && chain.Agreement > chain.Nodes.Count)
        {
            problems.Add($"Chain.Agreement is {chain.Agreement}, but Chain.Nodes has only {chain.Nodes.Count}.");
        }

        CheckRange(problems, "Chain.Agreement", chain.Agreement ?? 1, 1, 16);
        CheckRange(problems, "Chain.RequestsPerSecond", chain.RequestsPerSecond, 1, 1000);
        CheckRange(problems, "Chain.Timeout", chain.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2));
        CheckRange(problems, "Chain.MaxFeeTrx", chain.MaxFeeTrx, 1, 15_000);
    }

    private static void CheckSettlement(SettlementOptions settlement, List<string> problems)
    {
        if (settlement.TokensPerTrx == TokenAmount.Zero)
        {
            problems.Add("Settlement.TokensPerTrx must be above 0; leave it out if fees shall not be looked at.");
        }

        CheckRange(problems, "Settlement.MaxFeePercent", settlement.MaxFeePercent, 1, 100);
        CheckRange(problems, "Settlement.ExposurePercent", settlement.ExposurePercent, 1, 100);
        CheckRange(problems, "Settlement.MaxRowsPerClaim", settlement.MaxRowsPerClaim, 1, 100);
        CheckRange(problems, "Settlement.ReconcileInterval", settlement.ReconcileInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(24));
        CheckRange(problems, "Settlement.CheckInterval", settlement.CheckInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1));
        CheckRange(problems, "Settlement.RetryDelay", settlement.RetryDelay, TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1));
        CheckRange(problems, "Settlement.ChainCheckInterval", settlement.ChainCheckInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1));
        CheckRange(problems, "Settlement.MaxChainViewAge", settlement.MaxChainViewAge, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        CheckRange(problems, "Settlement.ClaimAge", settlement.ClaimAge, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
    }

    private static void CheckWorker(WorkerOptions worker, List<string> problems)
    {
        CheckRange(problems, "Worker.MetadataTimeout", worker.MetadataTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        CheckRange(problems, "Worker.IdleTimeout", worker.IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        CheckRange(problems, "Worker.MaxTorrents", worker.MaxTorrents, 1, 100_000);
        CheckRange(problems, "Worker.MaxUploadRate", worker.MaxUploadRate ?? 1, 1L, long.MaxValue);
        CheckRange(problems, "Worker.MaxUploadPercent", worker.MaxUploadPercent ?? 0, 0, 1_000_000);
        if (worker.SwarmListenIPv6 is { AddressFamily: not AddressFamily.InterNetworkV6 }
            || (worker.SwarmListenIPv6 is not null && worker.SwarmListen.AddressFamily != AddressFamily.InterNetwork))
        {
            problems.Add("Worker.SwarmListenIPv6 must be an IPv6 address, beside an IPv4 one at Worker.SwarmListen.");
        }

        if (worker.DenylistFile is { } denylist && !File.Exists(denylist))
        {
            problems.Add($"Worker.DenylistFile '{denylist}' does not exist.");
        }

        foreach (var address in worker.Addresses)
        {
            if (!address.StartsWith("unix:/", StringComparison.Ordinal) && !Uri.TryCreate(address, UriKind.Absolute, out _))
            {
                problems.Add($"Worker.Addresses: '{address}' must be unix:/path or http://host:port.");
            }
        }
    }

    private static void CheckCache(CacheOptions cache, List<string> problems)
    {
        CheckRange(problems, "Cache.MaxBytes", cache.MaxBytes, MinCacheBytes, MaxCacheBytes);
        CheckRange(problems, "Cache.MinFreeBytes", cache.MinFreeBytes, 0, MaxCacheBytes);
        if (cache.MaxBytesPerTorrent is { } perTorrent)
        {
            CheckRange(problems, "Cache.MaxBytesPerTorrent", perTorrent, MinCacheBytes / 2, Math.Max(MinCacheBytes, cache.MaxBytes));
        }
    }

    private static void CheckBackup(BackupOptions backup, List<string> problems)
    {
        CheckRange(problems, "Backup.Interval", backup.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (backup.Directory is { } directory && !Directory.Exists(directory))
        {
            problems.Add($"Backup.Directory '{directory}' does not exist: mount its volume, or make it there.");
        }
    }

    private static void CheckRange<T>(List<string> problems, string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            problems.Add($"{name} must be between {least} and {most}, not {value}.");
        }
    }
}
