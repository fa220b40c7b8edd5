using System.Net;
using System.Net.Sockets;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>
/// Reports everything that is wrong with a configuration at once, each by the full name of the option. Ranges and forms of single options stand
/// as attributes at their properties; here is what options must be to each other.
/// </summary>
internal static class RelayOptionsValidator
{
    public static IReadOnlyList<ConfigurationProblem> Problems(RelayOptions options) => Problems(options, null, [], machine: true);

    /// <param name="options">As read.</param>
    /// <param name="places">Where each was set.</param>
    /// <param name="unread">Options that could not be read: their values here are not what the operator meant.</param>
    /// <param name="machine">Look at the files and directories that the options name.</param>
    public static IReadOnlyList<ConfigurationProblem> Problems(
        RelayOptions options, IReadOnlyDictionary<string, string>? places, IReadOnlyCollection<string> unread, bool machine)
    {
        var problems = new ConfigurationProblems(places, unread);
        OptionChecks.Check(OptionSection.Of(typeof(RelayOptions)), options, "", problems, machine);
        RoleRules.Check(options, problems);
        CheckTunnel(options, problems);
        CheckMoney(options, problems);
        OfferRules.Check(options.Offer, problems);
        CheckChain(options.Chain, problems);
        CheckWorker(options, problems);
        TelemetryRules.Check(options.Telemetry, problems, machine);
        NetworkFacts.Check(options, problems, machine);
        if (!options.Admin.AllowRemote && !IPAddress.IsLoopback(options.Admin.Listen.Address))
        {
            problems.Add(
                "admin.listen", $"{options.Admin.Listen}", $"{options.Admin.Listen.Address} is no loopback address, and would show the relay's metrics to others",
                "Write 127.0.0.1 or [::1] before the port, or set admin.allowRemote to true");
        }

        if (!machine || options.PolicyFile is not { } policy || !File.Exists(policy))
        {
            return problems.All;
        }

        PolicyFile.Read(policy, out var found);
        return [.. problems.All, .. found];
    }

    private static void CheckTunnel(RelayOptions options, ConfigurationProblems problems)
    {
        var tunnel = options.Tunnel;
        if (options.Has(RelayRole.Gateway)
            && tunnel.PublicEndPoints.Count == 0
            && (tunnel.Listen.Address.Equals(IPAddress.Any) || tunnel.Listen.Address.Equals(IPAddress.IPv6Any)))
        {
            problems.Add(
                "tunnel.publicEndPoints", null, $"must name the address that clients dial when tunnel.listen is a wildcard ({tunnel.Listen})",
                "Write [\"203.0.113.7:443\"] with your own public address, or let tunnel.listen be that address", "tunnel.listen");
        }

        if (Uri.CheckHostName(tunnel.ServerName) is not UriHostNameType.Dns || tunnel.ServerName.Length > 63)
        {
            problems.Add(
                "tunnel.serverName", tunnel.ServerName, $"'{tunnel.ServerName}' is no host name of at most 63 characters", "Write a name such as www.example.org");
        }
    }

    private static void CheckMoney(RelayOptions options, ConfigurationProblems problems)
    {
        var credit = options.Credit;
        if (credit.WindowCeilingBytes < credit.WindowFloorBytes)
        {
            problems.Add(
                "credit.windowCeilingBytes", $"{credit.WindowCeilingBytes}",
                $"{credit.WindowCeilingBytes} is below credit.windowFloorBytes, which is {credit.WindowFloorBytes}", "Raise it, or lower the floor",
                "credit.windowFloorBytes");
        }

        if (credit.CreditWait >= options.Tunnel.StallTimeout)
        {
            problems.Add(
                "credit.creditWait", $"{credit.CreditWait}",
                $"{credit.CreditWait} is not below tunnel.stallTimeout, which is {options.Tunnel.StallTimeout}: responses would be aborted while they wait",
                "Lower it, or raise the other", "tunnel.stallTimeout");
        }

        if (options.Settlement.TokensPerTrx == TokenAmount.Zero)
        {
            problems.Add(
                "settlement.tokensPerTrx", "0", "0 would mean that fees cost nothing", "Write what a TRX is worth to you, or leave it out if fees shall not be looked at");
        }

        if (options.Cache is { MaxBytesPerTorrent: { } perTorrent } cache && perTorrent > cache.MaxBytes)
        {
            problems.Add(
                "cache.maxBytesPerTorrent", $"{perTorrent}", $"{perTorrent} is above cache.maxBytes, which is {cache.MaxBytes}", "Lower it, or raise the other",
                "cache.maxBytes");
        }
    }

    private static void CheckChain(ChainOptions chain, ConfigurationProblems problems)
    {
        for (var i = 0; i < chain.Nodes.Count; i++)
        {
            CheckNode($"chain.nodes[{i}].fullNode", chain.Nodes[i].FullNode);
            CheckNode($"chain.nodes[{i}].solidityNode", chain.Nodes[i].SolidityNode);
        }

        if (chain.Nodes.Count > 0 && chain.Agreement > chain.Nodes.Count)
        {
            problems.Add(
                "chain.agreement", $"{chain.Agreement}", $"{chain.Agreement} nodes cannot agree, because chain.nodes has only {chain.Nodes.Count}",
                "Lower it, or name more nodes", "chain.nodes");
        }

        void CheckNode(string key, string? address)
        {
            if (address is not null
                && (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)))
            {
                problems.Add(key, address, $"'{address}' is no address of a node", "Write http://host:port or https://host:port");
            }
        }
    }

    private static void CheckWorker(RelayOptions options, ConfigurationProblems problems)
    {
        var worker = options.Worker;
        if (worker.SwarmListenIPv6 is { AddressFamily: not AddressFamily.InterNetworkV6 } other)
        {
            problems.Add("worker.swarmListenIPv6", $"{other}", $"{other} is no IPv6 address", "Write one such as [::]:6881, or leave it out");
        }
        else if (worker.SwarmListenIPv6 is not null && worker.SwarmListen.AddressFamily != AddressFamily.InterNetwork)
        {
            problems.Add(
                "worker.swarmListenIPv6", $"{worker.SwarmListenIPv6}", "is a second address beside worker.swarmListen, which is IPv6 already",
                "Leave it out, or let worker.swarmListen be an IPv4 address", "worker.swarmListen");
        }

        if (options.Tunnel.Listen is { Port: > 0 } listen && listen.Equals(options.Admin.Listen))
        {
            problems.Add("admin.listen", $"{listen}", $"{listen} is taken by tunnel.listen", "Choose another port", "tunnel.listen");
        }
    }
}
