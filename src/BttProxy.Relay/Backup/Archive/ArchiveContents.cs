namespace BttProxy.Relay.Backup.Archive;

/// <summary>What lies in an archive.</summary>
/// <param name="MadeAt">By the clock of the machine that made it.</param>
/// <param name="Keys">The relay's key files by their names; empty when it was made without.</param>
/// <param name="Ledger">Where the ledger's copy was put.</param>
internal sealed record ArchiveContents(DateTimeOffset MadeAt, IReadOnlyDictionary<string, byte[]> Keys, string Ledger);
