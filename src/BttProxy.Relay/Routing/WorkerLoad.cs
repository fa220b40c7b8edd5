namespace BttProxy.Relay.Routing;

/// <summary>A worker as the load balancer sees it. Names are at most 256 bytes of UTF-8.</summary>
internal readonly record struct WorkerLoad(string Name, int ActiveRequests);
