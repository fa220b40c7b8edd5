using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Relay.Backup;

/// <summary>
/// Puts vouchers of backups into the ledger. The chain is asked about each channel first, and the ledger's own rules have the last word: it
/// never lowers. Of several vouchers of a channel the best one that can be believed counts.
/// </summary>
/// <param name="rules">What is believed.</param>
/// <param name="chain">The contract.</param>
/// <param name="ledger">Null in a dry run where there is none yet.</param>
internal sealed class VoucherRestore(RestoreRules rules, IChannelChain chain, RelayLedger? ledger)
{
    /// <param name="found">Entries of all copies, in any order and any number.</param>
    /// <param name="dryRun">Change nothing.</param>
    /// <param name="cancellationToken">Ends it early; what was restored stays.</param>
    /// <exception cref="ChainException">The chain cannot be asked.</exception>
    public async Task<RestoreReport> RunAsync(IEnumerable<BackupEntry> found, bool dryRun, CancellationToken cancellationToken)
    {
        var lines = new List<RestoreReport.Line>();
        foreach (var candidates in found.Distinct().GroupBy(entry => entry.Id))
        {
            foreach (var entry in candidates.OrderDescending(Comparer<BackupEntry>.Create(BackupEntry.Compare)))
            {
                var line = await RestoreAsync(entry, dryRun, cancellationToken);
                lines.Add(line);
                if (line.Verdict is RestoreVerdict.Restored or RestoreVerdict.AlreadyHeld or RestoreVerdict.AlreadyClaimed)
                {
                    break;
                }
            }
        }

        return new RestoreReport([.. lines]);
    }

    private async Task<RestoreReport.Line> RestoreAsync(BackupEntry entry, bool dryRun, CancellationToken cancellationToken)
    {
        var amount = entry.Voucher.Voucher.Cumulative;
        var verdict = rules.Judge(entry);
        if (verdict != RestoreVerdict.Restored)
        {
            return new RestoreReport.Line(entry.Id, verdict, amount, TokenAmount.Zero, null);
        }

        var channel = await chain.ChannelAsync(entry.Id, cancellationToken);
        verdict = RestoreRules.Judge(entry, channel);
        if (channel is not null && ledger is not null)
        {
            verdict = dryRun
                ? await ForeseeAsync(ledger, entry, verdict, cancellationToken)
                : await StoreAsync(ledger, entry, channel, verdict, cancellationToken);
        }

        var value = verdict == RestoreVerdict.Restored ? amount - channel!.Claimed : TokenAmount.Zero;
        return new RestoreReport.Line(entry.Id, verdict, amount, value, channel?.WithdrawAt);
    }

    private static async Task<RestoreVerdict> ForeseeAsync(
        RelayLedger ledger, BackupEntry entry, RestoreVerdict verdict, CancellationToken cancellationToken) =>
        verdict == RestoreVerdict.Restored && await ledger.FindChannelAsync(entry.Id, cancellationToken) is { } known
            ? known.OnChain.Epoch > entry.Voucher.Voucher.Epoch ? RestoreVerdict.EpochOver
            : known.OnChain.Epoch == entry.Voucher.Voucher.Epoch && known.Accepted >= entry.Voucher.Voucher.Cumulative ? RestoreVerdict.AlreadyHeld
            : RestoreVerdict.Restored
            : verdict;

    // The channel is saved whatever became of its voucher: a backup gives up only what the ledger knows to be settled.
    private static async Task<RestoreVerdict> StoreAsync(
        RelayLedger ledger, BackupEntry entry, ChainChannel channel, RestoreVerdict verdict, CancellationToken cancellationToken)
    {
        var state = new OnChainState(channel.Epoch, channel.Reserved, channel.Claimed, channel.WithdrawAt);
        await ledger.SaveChannelAsync(entry.Id, entry.Terms, state, cancellationToken);
        if (verdict != RestoreVerdict.Restored)
        {
            return verdict;
        }

        var stored = await ledger.AcceptVoucherAsync(entry.Voucher, session: null, cancellationToken);
        return stored.Outcome switch
        {
            AcceptOutcome.Accepted => RestoreVerdict.Restored,
            AcceptOutcome.Repeated or AcceptOutcome.NotHigher => RestoreVerdict.AlreadyHeld,
            AcceptOutcome.WrongEpoch => RestoreVerdict.EpochOver,
            AcceptOutcome.AboveReserved => RestoreVerdict.AboveReserved,
            _ => throw new InvalidOperationException($"The ledger lost channel {entry.Id} while a voucher was restored."),
        };
    }
}
