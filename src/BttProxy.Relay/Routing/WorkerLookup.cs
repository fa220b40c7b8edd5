using System.Net;
using System.Net.Sockets;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Routing;

/// <summary>Looks up the names among the workers' addresses every few seconds, and gives the cluster what they stand for.</summary>
internal sealed partial class WorkerLookup(
    WorkerAddresses addresses, WorkerCluster cluster, HostLookup lookup, TimeSpan interval, TimeProvider time, ILogger<WorkerLookup> logger)
    : WatchedLoop(RelayLoop.WorkerLookup, interval, time)
{
    private readonly HashSet<string> _failing = [];

    /// <summary>One look at every name.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var isNews = false;
        foreach (var name in addresses.Names)
        {
            isNews |= addresses.Found(name, await AddressesAsync(name.Host, cancellationToken));
        }

        if (isNews)
        {
            cluster.Update();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, Time);
        do
        {
            Turn();
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var found = await lookup(host, cancellationToken).WaitAsync(Period, Time, cancellationToken);
            _failing.Remove(host);
            return found;
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            if (_failing.Add(host))
            {
                LogFailed(host, e.Message);
            }

            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The workers' name {Host} cannot be looked up, so those known by now stay: {Reason}")]
    private partial void LogFailed(string host, string reason);
}
