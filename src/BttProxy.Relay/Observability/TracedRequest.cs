namespace BttProxy.Relay.Observability;

/// <summary>Marks an endpoint whose requests have a span.</summary>
/// <param name="Name">As in <see cref="Spans"/>.</param>
/// <param name="IsFromGateway">The caller is a gateway, and its span the parent. Clients' words begin nothing.</param>
internal sealed record TracedRequest(string Name, bool IsFromGateway);
