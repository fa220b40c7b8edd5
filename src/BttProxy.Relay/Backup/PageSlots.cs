using System.Collections.Immutable;
using BttProxy.Protocol.Keys;

namespace BttProxy.Relay.Backup;

/// <summary>Where entries go: first to the page they are on, then to free places, then to new pages. Pages that cannot be read stay as they are.</summary>
internal sealed class PageSlots(BackupCopy copy, int maxPages)
{
    // By urgency, which decides who gets the places that are left.
    private readonly List<BackupEntry> _wanted = [];

    public void Want(BackupEntry entry) => _wanted.Add(entry);

    public (ImmutableArray<BackupPage> Pages, ImmutableArray<BackupEntry> LeftOut) Place()
    {
        var homeless = _wanted.ToDictionary(entry => entry.Id);
        var pages = new SortedDictionary<int, List<BackupEntry>>();
        foreach (var page in copy.Pages.OrderBy(page => page.Number))
        {
            pages[page.Number] = Stay(page, homeless);
        }

        var leftOut = _wanted.Where(entry => homeless.ContainsKey(entry.Id) && !TryAdd(pages, entry)).ToImmutableArray();
        return ([.. pages.Select(page => new BackupPage(page.Key, [.. page.Value]))], leftOut);
    }

    // The first page that has a channel keeps it; it is written before any other page gives the channel up.
    private static List<BackupEntry> Stay(BackupPage page, Dictionary<ChannelId, BackupEntry> homeless)
    {
        var staying = new List<BackupEntry>();
        foreach (var entry in page.Entries)
        {
            if (homeless.Remove(entry.Id, out var wanted))
            {
                staying.Add(wanted);
            }
        }

        return staying;
    }

    private bool TryAdd(SortedDictionary<int, List<BackupEntry>> pages, BackupEntry entry)
    {
        foreach (var entries in pages.Values)
        {
            if (entries.Count == 0 || (entries.Count < PageCodec.Capacity && PageCodec.ShareParties(entries[0].Terms, entry.Terms)))
            {
                entries.Add(entry);
                return true;
            }
        }

        var free = Enumerable.Range(0, maxPages).FirstOrDefault(number => !pages.ContainsKey(number) && !copy.Unreadable.Contains(number), -1);
        if (free >= 0)
        {
            pages[free] = [entry];
        }

        return free >= 0;
    }
}
