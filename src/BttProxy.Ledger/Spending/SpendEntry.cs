using BttProxy.Protocol.Keys;

namespace BttProxy.Ledger.Spending;

/// <summary>What was spent on one day (UTC) on one torrent at one relay.</summary>
public sealed record SpendEntry(DateOnly Day, string Torrent, RelayId Relay, Spend Spend);
