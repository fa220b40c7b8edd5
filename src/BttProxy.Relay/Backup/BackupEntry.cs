using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Relay.Backup;

/// <summary>What it takes to claim one channel: its terms and its best voucher.</summary>
internal sealed record BackupEntry(ChannelTerms Terms, SignedVoucher Voucher)
{
    public ChannelId Id => Voucher.Voucher.ChannelId;

    /// <summary>
    /// Which of two vouchers of a channel to keep: the later epoch, then the higher amount. Two of the same amount are worth the same; their
    /// bytes decide, so that every order of merging ends alike.
    /// </summary>
    public static int Compare(BackupEntry left, BackupEntry right)
    {
        var (one, other) = (left.Voucher.Voucher, right.Voucher.Voucher);
        var order = one.Epoch.CompareTo(other.Epoch);
        order = order != 0 ? order : one.Cumulative.CompareTo(other.Cumulative);
        return order != 0 ? order : left.Voucher.Signature.Span.SequenceCompareTo(right.Voucher.Signature.Span);
    }

    public static BackupEntry Better(BackupEntry left, BackupEntry right) => Compare(left, right) >= 0 ? left : right;

    /// <summary>This one pays no less than the other.</summary>
    public bool Covers(BackupEntry other)
    {
        var (mine, theirs) = (Voucher.Voucher, other.Voucher.Voucher);
        return mine.Epoch > theirs.Epoch || (mine.Epoch == theirs.Epoch && mine.Cumulative >= theirs.Cumulative);
    }
}
