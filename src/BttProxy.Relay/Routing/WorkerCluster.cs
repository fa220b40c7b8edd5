using BttProxy.Relay.Configuration;
using BttProxy.Relay.Observability;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;

namespace BttProxy.Relay.Routing;

/// <summary>The requests that workers answer, and the workers, as YARP is told of them.</summary>
internal sealed class WorkerCluster(WorkerAddresses addresses, TunnelOptions tunnel, TimeSpan probeInterval)
{
    public const string ContentRoute = "content";

    private const string MetadataRoute = "metadata";
    private const string AvailabilityRoute = "availability";
    private const string ClusterId = "workers";
    private const string ReadyPath = "/readyz";

    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    private InMemoryConfigProvider? _provider;

    public InMemoryConfigProvider Provider => _provider ??= new InMemoryConfigProvider(Routes(), [Cluster()]);

    /// <summary>Tells YARP which workers there are now; requests under way go on.</summary>
    public void Update() => Provider.Update(Routes(), [Cluster()]);

    /// <summary>The name of the span of a route's requests.</summary>
    public static string SpanOf(RouteConfig route) => route.RouteId switch
    {
        MetadataRoute => Spans.Info,
        AvailabilityRoute => Spans.Availability,
        _ => Spans.Content,
    };

    private static RouteConfig[] Routes() =>
        [Route(MetadataRoute, "/m/{infoHash}"), Route(AvailabilityRoute, "/q/{infoHash}"), Route(ContentRoute, "/c/{infoHash}")];

    private static RouteConfig Route(string id, string path) => new()
    {
        RouteId = id,
        ClusterId = ClusterId,
        Match = new RouteMatch { Path = path, Methods = [HttpMethods.Get, HttpMethods.Head] },
    };

    private ClusterConfig Cluster() => new()
    {
        ClusterId = ClusterId,
        LoadBalancingPolicy = HighestRandomWeightPolicy.PolicyName,
        Destinations = addresses.Destinations.ToDictionary(d => d.Key, d => new DestinationConfig { Address = d.Value }),
        HealthCheck = new HealthCheckConfig
        {
            // When all seem to be down the request tries them all the same: a refusal is never better than that.
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = new ActiveHealthCheckConfig
            {
                Enabled = true,
                Interval = probeInterval,
                Timeout = ProbeTimeout,
                Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
                Path = ReadyPath,
            },

            // Set by WorkerFailover, which sees failures that YARP never does.
            Passive = new PassiveHealthCheckConfig { Enabled = true },
        },
        HttpRequest = new ForwarderRequestConfig
        {
            // Inside a machine or a cluster HTTP/1.1 needs no framing and no second flow control.
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ActivityTimeout = tunnel.StallTimeout,
        },
    };
}
