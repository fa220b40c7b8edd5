using System.Collections.Immutable;

namespace BttProxy.Relay.Backup;

/// <summary>A backup as it was read from one place.</summary>
/// <param name="Pages">Readable pages, by number.</param>
/// <param name="Older">Entries of other versions of these pages that are still to be found there.</param>
/// <param name="Unreadable">Numbers of pages that are there and cannot be read: another key's, a newer program's, or damaged.</param>
internal sealed record BackupCopy(ImmutableArray<BackupPage> Pages, ImmutableArray<BackupEntry> Older, ImmutableArray<int> Unreadable)
{
    public IEnumerable<BackupEntry> Entries => Pages.SelectMany(page => page.Entries).Concat(Older);
}
