using BttProxy.Relay.Gateway;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace BttProxy.Relay.Routing;

/// <summary>Keeps a torrent on the worker that has its pieces: YARP itself has no hashing policy.</summary>
internal sealed class HighestRandomWeightPolicy : ILoadBalancingPolicy
{
    public const string PolicyName = "HighestRandomWeight";

    public string Name => PolicyName;

    public DestinationState? PickDestination(
        HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        if (availableDestinations.Count <= 1)
        {
            return availableDestinations.Count == 0 ? null : availableDestinations[0];
        }

        if (context.Features.Get<TunnelRequest>()?.InfoHash is not { } infoHash)
        {
            return availableDestinations[0];
        }

        var workers = new WorkerLoad[availableDestinations.Count];
        for (var i = 0; i < workers.Length; i++)
        {
            workers[i] = new WorkerLoad(availableDestinations[i].DestinationId, availableDestinations[i].ConcurrentRequestCount);
        }

        return availableDestinations[HighestRandomWeight.Pick(infoHash.Span, workers)];
    }
}
