using System.Collections.Immutable;

namespace BttProxy.Relay.Backup.Archive;

/// <summary>What putting an archive back did.</summary>
/// <param name="MadeAt">When the archive was made.</param>
/// <param name="Keys">Key files that were written; the others were there, and the same.</param>
/// <param name="LedgerPlaced">There was no ledger: the archive's is it now.</param>
/// <param name="Merged">What became of each voucher where there was one; null otherwise.</param>
internal sealed record ArchiveRestoreReport(DateTimeOffset MadeAt, ImmutableArray<string> Keys, bool LedgerPlaced, RestoreReport? Merged);
