using BttProxy.Protocol.Keys;

namespace BttProxy.Ledger.Spending;

/// <summary>A transaction of the wallet's own that is on its way to the chain, as it was stored before it was sent.</summary>
/// <param name="Purpose">What it is for; one at a time each.</param>
/// <param name="Detail">What tells it from others of that purpose: an amount.</param>
/// <param name="Id">On chain.</param>
/// <param name="ExpiresAt">In no block then, it never will be.</param>
/// <param name="Payload">Signed, as it is sent.</param>
public sealed record WalletTransaction(string Purpose, string Detail, Bytes32 Id, DateTimeOffset ExpiresAt, ReadOnlyMemory<byte> Payload);
