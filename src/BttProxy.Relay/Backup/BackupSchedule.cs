using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Backup;

/// <summary>When one target is due: at first, after a failure, when a voucher's value rose, and once an hour in any case.</summary>
internal sealed class BackupSchedule(TokenAmount minValue, TimeProvider time)
{
    // DHT nodes drop items after two hours.
    private static readonly TimeSpan RefreshAfter = TimeSpan.FromHours(1);

    private readonly Dictionary<ChannelId, BackupEntry> _stored = [];
    private long? _lastGood;
    private bool _failed = true;

    public bool IsRefreshDue => _lastGood is not { } last || time.GetElapsedTime(last) >= RefreshAfter;

    public bool IsDue(IEnumerable<UnclaimedVoucher> unclaimed) => _failed || IsRefreshDue || HasRisen(unclaimed);

    /// <summary>Something would be lost with the machine that the last backup does not have.</summary>
    public bool HasRisen(IEnumerable<UnclaimedVoucher> unclaimed) => unclaimed.Any(voucher => _stored.TryGetValue(voucher.Voucher.Voucher.ChannelId, out var stored)
        ? !stored.Covers(new BackupEntry(voucher.Terms, voucher.Voucher))
        : voucher.Voucher.Voucher.Cumulative - voucher.Claimed > minValue);

    public void Succeeded(VoucherBackup.Outcome outcome, bool refreshed)
    {
        _failed = false;
        _stored.Clear();

        // What did not fit is not tried again before something changes.
        foreach (var entry in outcome.Stored.Concat(outcome.LeftOut))
        {
            _stored[entry.Id] = entry;
        }

        if (refreshed)
        {
            _lastGood = time.GetTimestamp();
        }
    }

    public void Failed() => _failed = true;
}
