using System.Net;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Worker;

namespace BttProxy.Relay.Hosting;

/// <summary>The swarm side of a process: fetches verified bytes, and gives them to gateways. Has no keys and no ledger.</summary>
internal sealed class WorkerRole(WebApplication application, SwarmEngine swarm, WorkerListen listen)
{
    public IPEndPoint SwarmEndPoint => swarm.LocalEndPoint;

    /// <summary>Where gateways reach it, as an entry of their worker addresses.</summary>
    public string Address => listen.SocketPath is null ? $"http://{Listening.EndPointOf(application)}" : listen.ToString();

    public static async Task<WorkerRole> StartAsync(RoleContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Worker;
        var dht = await context.StartDhtAsync(cancellationToken);
        var swarm = context.Add(new SwarmEngine(SwarmOptionsOf(context), dht, context.Time, context.Loggers, context.Meters));
        try
        {
            await Listening.TryAsync("Worker.SwarmListen", options.SwarmListen, () => swarm.StartAsync(cancellationToken));
        }
        catch (TorrentStorageException e)
        {
            throw new RelayConfigurationException(e.Message, e);
        }

        var listen = Listen(context);
        var catalog = new TorrentCatalog(swarm, context.Policy, options, context.Metrics, context.Time);
        (context.Running.Swarm, context.Running.Torrents) = (swarm, catalog);
        var application = context.Add(WorkerApplication.Build(
            listen, context.Options.Tunnel.DrainTimeout, catalog, context.Offer, context.Metrics, context.Lifetime, context.Time, context.Loggers));
        await Listening.TryAsync(
            "Worker.Listen", listen.EndPoint ?? new IPEndPoint(IPAddress.None, 0), () => application.StartAsync(cancellationToken));
        await context.StartBackgroundAsync(new IdleTorrentSweeper(catalog, context.Time), cancellationToken);
        return new WorkerRole(application, swarm, listen);
    }

    /// <summary>Takes no new requests; those under way end within the drain time.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => application.StopAsync(cancellationToken);

    // Beside a gateway only that gateway is to reach it.
    private static WorkerListen Listen(RoleContext context)
    {
        if (context.Options.Has(RelayRole.Gateway))
        {
            return WorkerListen.OnSocket(context.Add(LocalSocket.Prepare(context.State, "worker.sock")).FilePath);
        }

        if (!WorkerListen.TryParse(context.Options.Worker.Listen!, out var listen))
        {
            throw new RelayConfigurationException($"Worker.Listen '{context.Options.Worker.Listen}' must be unix:/path or http://IP:PORT.");
        }

        if (listen.SocketPath is { } path)
        {
            // What an earlier, killed process left there cannot be bound.
            File.Delete(path);
        }

        return listen;
    }

    private static SwarmOptions SwarmOptionsOf(RoleContext context)
    {
        var (worker, cache) = (context.Options.Worker, context.Options.Cache);
        return new SwarmOptions
        {
            Listen = worker.SwarmListen,
            ListenIPv6 = worker.SwarmListenIPv6,
            Encryption = worker.Encryption,
            Transports = worker.Transports,
            MaxUploadRate = worker.MaxUploadRate,
            MaxUploadPercent = worker.MaxUploadPercent,
            Directory = context.State.PathOf("cache"),
            Layout = StorageLayout.ByIndex,
            CacheBytes = cache.MaxBytes,
            CacheBytesPerTorrent = cache.PerTorrent,
            MinFreeBytes = cache.MinFreeBytes,
            ConnectGuard = context.Guard,
        };
    }
}
