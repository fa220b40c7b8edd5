using BttProxy.Protocol.Keys;

namespace BttProxy.Tron;

/// <summary>Who pays for transactions that anybody may send, and with what.</summary>
/// <param name="Address">The account.</param>
/// <param name="Sun">Its millionths of a TRX.</param>
/// <param name="Costs">What claims cost it.</param>
public sealed record SubmitterAccount(TronAddress Address, long Sun, ClaimCosts Costs);
