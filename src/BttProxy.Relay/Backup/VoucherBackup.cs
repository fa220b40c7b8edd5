using System.Collections.Immutable;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Backup;

/// <summary>One round of a backup: reads what is there, merges it with the ledger, writes what has changed.</summary>
internal sealed class VoucherBackup(RelayLedger ledger, TokenAmount minValue)
{
    private const int Attempts = 3;

    /// <summary>What a round found and left there.</summary>
    /// <param name="Stored">What is there now.</param>
    /// <param name="LeftOut">What did not fit.</param>
    /// <param name="Ahead">What the ledger lacks.</param>
    /// <param name="Unreadable">Pages that were left alone.</param>
    internal sealed record Outcome(
        ImmutableArray<BackupEntry> Stored, ImmutableArray<BackupEntry> LeftOut, ImmutableArray<BackupEntry> Ahead, int Unreadable);

    /// <param name="target">Where to.</param>
    /// <param name="refresh">Also renew what has not changed.</param>
    /// <param name="cancellationToken">Ends it early; whole pages are there or not.</param>
    /// <exception cref="BackupException">The target cannot be used now.</exception>
    public async Task<Outcome> RunAsync(IBackupTarget target, bool refresh, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var copy = await target.ReadAsync(cancellationToken);
            var plan = PagePlan.Make(copy, await LedgerView.ReadAsync(ledger, copy, cancellationToken), minValue, target.MaxPages);
            if (await TryWriteAsync(target, plan.Changed, cancellationToken))
            {
                if (refresh)
                {
                    await target.RefreshAsync(cancellationToken);
                }

                return new Outcome([.. plan.Pages.SelectMany(page => page.Entries)], plan.LeftOut, plan.Ahead, copy.Unreadable.Length);
            }
        }

        throw new BackupException("The backup changed each time before it could be written: does another relay run with the same keys?");
    }

    private static async Task<bool> TryWriteAsync(IBackupTarget target, ImmutableArray<BackupPage> pages, CancellationToken cancellationToken)
    {
        foreach (var page in pages)
        {
            if (!await target.TryWriteAsync(page, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }
}
