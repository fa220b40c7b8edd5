using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Money;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>
/// What went over the wire between one payer and one relay in one epoch of a channel, and what was lost: counted by the world, not by either
/// side.
/// </summary>
internal sealed class Traffic(ChannelTerms terms, ulong epoch, HistoryRelay relay, bool isPayerHonest)
{
    private readonly HashSet<SignedVoucher> _sent = [];

    public ChannelTerms Terms => terms;

    public ulong Epoch => epoch;

    public HistoryRelay Relay => relay;

    public bool IsPayerHonest => isPayerHonest;

    public long Delivered { get; set; }

    /// <summary>Of aborted responses, one window for each at most.</summary>
    public long Aborted { get; set; }

    /// <summary>Received, with the right hash.</summary>
    public long Verified { get; set; }

    /// <summary>The highest voucher or close that the signer ever put a valid signature to.</summary>
    public UInt128 SignedMost { get; set; }

    /// <summary>The highest amount that the relay said it had.</summary>
    public UInt128 AcknowledgedMost { get; set; }

    /// <summary>The largest window that the relay ever told.</summary>
    public long WindowMost { get; set; }

    public int Sessions { get; set; }

    public int RelayLosses { get; set; }

    public int PayerLosses { get; set; }

    /// <summary>The payer's ledger was once restored from an older copy.</summary>
    public bool IsMemoryOld { get; set; }

    /// <summary>A voucher below an earlier one, and not one of those that were sent before.</summary>
    public bool HasSignedLower { get; private set; }

    public void Sent(SignedVoucher voucher)
    {
        var amount = voucher.Voucher.Cumulative.Units;
        HasSignedLower |= _sent.Add(voucher) && amount <= SignedMost;
        SignedMost = UInt128.Max(SignedMost, amount);
    }

    public void Signed(TokenAmount amount) => SignedMost = UInt128.Max(SignedMost, amount.Units);

    public void Told(ByteCount window) => WindowMost = Math.Max(WindowMost, window.Value);

    public void Acknowledged(TokenAmount amount) => AcknowledgedMost = UInt128.Max(AcknowledgedMost, amount.Units);
}
