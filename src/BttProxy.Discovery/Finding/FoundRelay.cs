using BttProxy.Protocol.Relays;

namespace BttProxy.Discovery.Finding;

/// <summary>A relay whose record passed every check of <see cref="RecordCheck"/>.</summary>
/// <param name="Signed">The record as it was signed, to be shown to others or kept.</param>
/// <param name="Record">Its contents.</param>
/// <param name="Source">Where it was taken from.</param>
/// <param name="SeenAt">When it was last received from the network.</param>
/// <param name="IsExpired">
/// Its time to live has passed and nothing newer was found: worth a try only when no other relay is left.
/// </param>
public sealed record FoundRelay(SignedRelayRecord Signed, RelayRecord Record, RelaySource Source, DateTimeOffset SeenAt, bool IsExpired = false);
