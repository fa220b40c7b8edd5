namespace BttProxy.Relay.Settlement;

/// <summary>Where the ledger and the chain differed.</summary>
/// <param name="Channels">Compared.</param>
/// <param name="ClaimedByOthers">Channels of which the chain has paid more than the ledger knew.</param>
/// <param name="Closed">Channels whose epoch had ended.</param>
/// <param name="Missing">Channels that the chain does not have.</param>
internal sealed record ReconcileReport(int Channels, int ClaimedByOthers, int Closed, int Missing);
