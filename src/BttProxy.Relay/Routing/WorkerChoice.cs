using Yarp.ReverseProxy.Model;

namespace BttProxy.Relay.Routing;

/// <summary>The workers that one request may still be answered by.</summary>
internal sealed class WorkerChoice
{
    public static readonly HttpRequestOptionsKey<WorkerChoice> Key = new("worker-choice");

    private readonly HttpContext _context;
    private readonly HighestRandomWeightPolicy _policy = new();
    private readonly HashSet<DestinationState> _failed = [];

    private WorkerChoice(HttpContext context, ClusterState cluster, DestinationState current, bool isContent)
    {
        _context = context;
        Cluster = cluster;
        Current = current;
        IsContent = isContent;
    }

    public ClusterState Cluster { get; }

    /// <summary>The worker that is asked.</summary>
    public DestinationState Current { get; private set; }

    /// <summary>Its answer can be gone on with from any byte.</summary>
    public bool IsContent { get; }

    /// <summary>Null when the request did not come through the tunnel's routes.</summary>
    public static WorkerChoice? Of(HttpContext context, bool isContent)
    {
        var proxied = context.GetReverseProxyFeature();
        return proxied.ProxiedDestination is { } current && context.GetRouteModel().Cluster is { } cluster
            ? new WorkerChoice(context, cluster, current, isContent)
            : null;
    }

    /// <summary>Moves on to the torrent's next worker among those that have not failed this request.</summary>
    /// <returns>False when none is left.</returns>
    public bool TryNext()
    {
        _failed.Add(Current);
        var workers = Cluster.DestinationsState;
        var next = Pick(workers.AvailableDestinations) ?? Pick(workers.AllDestinations);
        if (next is null)
        {
            return false;
        }

        Current = next;
        return true;
    }

    /// <summary>The current worker gave bytes: those that failed before may be back when it breaks.</summary>
    public void Works() => _failed.Clear();

    private DestinationState? Pick(IEnumerable<DestinationState> workers) =>
        _policy.PickDestination(_context, Cluster, [.. workers.Where(worker => !_failed.Contains(worker))]);
}
