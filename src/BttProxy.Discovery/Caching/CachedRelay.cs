using BttProxy.Protocol.Relays;

namespace BttProxy.Discovery.Caching;

/// <param name="Signed">Newest record that was seen of this relay; its signatures are valid.</param>
/// <param name="Record">Its contents.</param>
/// <param name="SeenAt">When it last came from the network.</param>
/// <param name="WasUsed">The relay was reached and served us: it is the last to be pushed out.</param>
public sealed record CachedRelay(SignedRelayRecord Signed, RelayRecord Record, DateTimeOffset SeenAt, bool WasUsed);
