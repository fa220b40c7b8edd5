using BttProxy.Tron.Embedded;

namespace BttProxy.Devnet.Chain;

/// <summary>One accepted transaction and the time of its block.</summary>
internal sealed record JournalEntry(DateTimeOffset Time, LedgerTransaction Transaction);
