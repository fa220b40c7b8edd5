using System.Collections.Immutable;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Backup;

/// <summary>
/// What a backup is to hold, decided from what it holds and what the ledger knows; pure. Of each channel the better voucher stays, wherever
/// it comes from; only what the ledger knows to be settled goes. An entry stays on its page, so that pages can be written one by one.
/// </summary>
/// <param name="Pages">All pages as they are to be.</param>
/// <param name="Changed">Those that have to be written, in this order.</param>
/// <param name="LeftOut">Entries for which there is no room.</param>
/// <param name="Ahead">Entries that are better than what the ledger has: it was lost, or put back to an earlier state.</param>
internal sealed record PagePlan(
    ImmutableArray<BackupPage> Pages, ImmutableArray<BackupPage> Changed, ImmutableArray<BackupEntry> LeftOut, ImmutableArray<BackupEntry> Ahead)
{
    /// <param name="copy">What is there.</param>
    /// <param name="ledger">What the relay knows.</param>
    /// <param name="minValue">A channel enters the backup when its unclaimed value is above this; once in it, it is kept up to date.</param>
    /// <param name="maxPages">Room.</param>
    public static PagePlan Make(BackupCopy copy, LedgerView ledger, TokenAmount minValue, int maxPages)
    {
        var best = Merge(copy, ledger, minValue);
        var wanted = best.Values.OrderBy(ledger.Covers).ThenByDescending(ledger.Worth).ToList();
        var slots = new PageSlots(copy, maxPages);
        foreach (var entry in wanted.Take(maxPages * PageCodec.Capacity))
        {
            slots.Want(entry);
        }

        var (pages, leftOut) = slots.Place();
        var before = copy.Pages.ToDictionary(page => page.Number, page => page.Entries);
        return new PagePlan(
            pages,
            [.. pages.Where(page => !before.TryGetValue(page.Number, out var entries) || !entries.SequenceEqual(page.Entries))],
            [.. leftOut, .. wanted.Skip(maxPages * PageCodec.Capacity)],
            [.. wanted.Where(entry => !ledger.Covers(entry))]);
    }

    private static Dictionary<ChannelId, BackupEntry> Merge(BackupCopy copy, LedgerView ledger, TokenAmount minValue)
    {
        var best = new Dictionary<ChannelId, BackupEntry>();
        foreach (var entry in copy.Entries)
        {
            Keep(entry);
        }

        foreach (var entry in ledger.Unclaimed.Where(entry => best.ContainsKey(entry.Id) || ledger.Worth(entry) > minValue))
        {
            Keep(entry);
        }

        foreach (var entry in best.Values.Where(ledger.IsSettled).ToList())
        {
            best.Remove(entry.Id);
        }

        return best;

        void Keep(BackupEntry entry) =>
            best[entry.Id] = best.TryGetValue(entry.Id, out var other) ? BackupEntry.Better(entry, other) : entry;
    }
}
