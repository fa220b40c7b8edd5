using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>What a relay knows of one channel: from its ledger and its view of the chain.</summary>
public sealed record ChannelView
{
    public required ChannelId Id { get; init; }

    public required ChannelTerms Terms { get; init; }

    /// <summary>Under which the channel was opened, as the ledger remembers it.</summary>
    public required ChannelDomain Domain { get; init; }

    public required ulong Epoch { get; init; }

    /// <summary>Reserved on chain and solidified.</summary>
    public required TokenAmount Reserved { get; init; }

    /// <summary>Paid out on chain.</summary>
    public TokenAmount Claimed { get; init; }

    /// <summary>The highest accepted voucher of this epoch.</summary>
    public SignedVoucher? Last { get; init; }

    /// <summary>Unix seconds after which the signer's delegation ends; null for never.</summary>
    public ulong? SignerExpiresAt { get; init; }

    /// <summary>The payer has asked the contract for its money back.</summary>
    public bool WithdrawPending { get; init; }

    /// <summary>False while another gateway holds the channel's lease.</summary>
    public bool IsHeldHere { get; init; } = true;

    /// <summary>What vouchers stand at: the last one's amount, or what was claimed.</summary>
    public TokenAmount Accepted => Last is { } last ? TokenAmount.Max(last.Voucher.Cumulative, Claimed) : Claimed;
}
