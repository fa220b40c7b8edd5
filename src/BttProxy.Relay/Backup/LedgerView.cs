using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Backup;

/// <summary>What this relay's ledger knows about the channels that a backup is about.</summary>
internal sealed class LedgerView
{
    private readonly Dictionary<ChannelId, Known> _known = [];

    /// <summary>Vouchers that are worth something.</summary>
    public IEnumerable<BackupEntry> Unclaimed => _known.Values.Where(known => known.Worth > TokenAmount.Zero).Select(known => known.Best!);

    /// <summary>The ledger's unclaimed vouchers, and what it knows about the channels of a copy.</summary>
    public static async Task<LedgerView> ReadAsync(RelayLedger ledger, BackupCopy copy, CancellationToken cancellationToken)
    {
        var view = new LedgerView();
        foreach (var held in await ledger.UnclaimedVouchersAsync(cancellationToken))
        {
            view.Add(held.Voucher.Voucher.ChannelId, held.Voucher.Voucher.Epoch, held.Claimed, new BackupEntry(held.Terms, held.Voucher));
        }

        foreach (var id in copy.Entries.Select(entry => entry.Id).Distinct().Where(id => !view._known.ContainsKey(id)).ToList())
        {
            if (await ledger.FindChannelAsync(id, cancellationToken) is { } channel)
            {
                var best = channel.Best is { } voucher ? new BackupEntry(channel.Terms, voucher) : null;
                view.Add(id, channel.OnChain.Epoch, channel.OnChain.Claimed, best);
            }
        }

        return view;
    }

    public void Add(ChannelId id, ulong epoch, TokenAmount claimed, BackupEntry? best) => _known[id] = new Known(epoch, claimed, best);

    /// <summary>The chain has paid it, or its epoch is over: nothing more comes of it.</summary>
    public bool IsSettled(BackupEntry entry) => _known.TryGetValue(entry.Id, out var known)
        && (known.Epoch > entry.Voucher.Voucher.Epoch
            || (known.Epoch == entry.Voucher.Voucher.Epoch && known.Claimed >= entry.Voucher.Voucher.Cumulative));

    /// <summary>The ledger has a voucher that pays no less.</summary>
    public bool Covers(BackupEntry entry) => _known.GetValueOrDefault(entry.Id)?.Best is { } best && best.Covers(entry);

    /// <summary>What a claim would still bring, as far as is known here.</summary>
    public TokenAmount Worth(BackupEntry entry) =>
        _known.TryGetValue(entry.Id, out var known) && known.Epoch == entry.Voucher.Voucher.Epoch
            ? entry.Voucher.Voucher.Cumulative.SubtractSaturating(known.Claimed)
            : entry.Voucher.Voucher.Cumulative;

    private sealed record Known(ulong Epoch, TokenAmount Claimed, BackupEntry? Best)
    {
        public TokenAmount Worth => Best is { } best && best.Voucher.Voucher.Epoch == Epoch
            ? best.Voucher.Voucher.Cumulative.SubtractSaturating(Claimed)
            : TokenAmount.Zero;
    }
}
