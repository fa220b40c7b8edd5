using System.Net;

namespace BttProxy.Relay.Routing;

/// <summary>Every address of a host name.</summary>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellationToken);
