using System.Collections.Immutable;

namespace BttProxy.Relay.Backup;

/// <summary>A numbered part of a backup, as large as one BEP 44 item can be: a few channels with the same payee, authoriser and token.</summary>
internal sealed record BackupPage(int Number, ImmutableArray<BackupEntry> Entries);
