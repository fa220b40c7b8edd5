using BttProxy.Relay.Routing;
using BttProxy.Relay.Worker;

namespace BttProxy.Relay.Configuration;

/// <summary>What the roles of a process ask of its configuration.</summary>
internal static class RoleRules
{
    private const string Remedy = "Write unix:/path, http://host:port or dns:host:port";

    public static void Check(RelayOptions options, ConfigurationProblems problems)
    {
        var names = string.Join(", ", options.Roles);
        if (options.Roles.Count == 0 || options.Roles.Distinct().Count() != options.Roles.Count)
        {
            problems.Add("roles", names, "must name at least one role, and each once", "Write some of gateway, worker, dht and settler, or leave it out for all");
        }

        CheckRecordSource(options, problems);
        CheckAddresses(options, problems);
        if (options.Worker.Listen is { } listen && !WorkerListen.TryParse(listen, out _))
        {
            problems.Add("worker.listen", listen, $"'{listen}' is no place to listen", "Write unix:/path or http://IP:PORT");
        }

        if (options.Has(RelayRole.Worker) && !options.Has(RelayRole.Gateway) && options.Worker.Listen is null)
        {
            problems.Add(
                "worker.listen", null, "must say where gateways reach a worker that is a process of its own",
                "Write unix:/path, or http://IP:PORT with an address of a private network", "roles");
        }
    }

    private static void CheckRecordSource(RelayOptions options, ConfigurationProblems problems)
    {
        var (from, isApart) = (options.Dht.RecordFrom, options.Has(RelayRole.Dht) && !options.Has(RelayRole.Gateway));
        if (from is not null && (!WorkerAddress.TryParse(from, out var address) || address.Url is null))
        {
            problems.Add("dht.recordFrom", from, $"'{from}' is no admin port", "Write http://host:port, as in the gateway's admin.listen");
        }

        if (from is null && isApart)
        {
            problems.Add(
                "dht.recordFrom", null, "must say where a dht process without the gateway has the signed record from",
                "Write http://host:port of the gateway's admin.listen, or add gateway to roles", "roles");
        }
        else if (from is not null && options.Has(RelayRole.Gateway))
        {
            problems.Add(
                "dht.recordFrom", from, "is for a dht process without the gateway, and the gateway is in this one", "Leave it out, or leave gateway out of roles",
                "roles");
        }

        if (isApart && !options.Dht.Announce)
        {
            problems.Add("dht.announce", "false", "leaves a dht process without the gateway nothing to do", "Leave it out, or leave dht out of roles", "roles");
        }
    }

    private static void CheckAddresses(RelayOptions options, ConfigurationProblems problems)
    {
        var addresses = options.Worker.Addresses;
        for (var i = 0; i < addresses.Count; i++)
        {
            if (!WorkerAddress.TryParse(addresses[i], out _))
            {
                problems.Add($"worker.addresses[{i}]", addresses[i], $"'{addresses[i]}' is no address of a worker", Remedy);
            }
        }

        if (addresses.Distinct(StringComparer.Ordinal).Count() != addresses.Count)
        {
            problems.Add("worker.addresses", null, "names a worker twice", "Name each worker once");
        }

        if (options.Has(RelayRole.Gateway) && !options.Has(RelayRole.Worker) && addresses.Count == 0)
        {
            problems.Add("worker.addresses", null, "must name the workers of a gateway that has none in its process", $"{Remedy}, or add worker to roles", "roles");
        }
    }
}
