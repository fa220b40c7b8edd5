using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>Everything the relay remembers about one channel.</summary>
public sealed record RelayChannel
{
    public required ChannelId Id { get; init; }

    public required ChannelTerms Terms { get; init; }

    /// <summary>The chain's view when it was last saved; <see cref="OnChainState.Claimed"/> also rises with settled claims.</summary>
    public required OnChainState OnChain { get; init; }

    /// <summary>The highest voucher of this epoch.</summary>
    public SignedVoucher? Best { get; init; }

    /// <summary>Owed for delivered bytes that no voucher covers yet, as of the last saved session.</summary>
    public required TokenAmount Debt { get; init; }

    /// <summary>Delivered over the channel's life, all sessions.</summary>
    public required ByteCount Delivered { get; init; }

    /// <summary>Forgiven over the channel's life, all sessions.</summary>
    public required ByteCount Forgiven { get; init; }

    /// <summary>Paid over the channel's life, all sessions.</summary>
    public required ByteCount Paid { get; init; }

    /// <summary>Paid out in earlier, closed epochs.</summary>
    public required TokenAmount SettledBefore { get; init; }

    /// <summary>Accepted in earlier epochs and never paid out, because the channel closed first.</summary>
    public required TokenAmount Lost { get; init; }

    /// <summary>The operator closed it in this epoch: nothing more is sold on it.</summary>
    public bool IsClosing { get; init; }

    /// <summary>The cumulative amount of the best voucher of this epoch, or zero.</summary>
    public TokenAmount Accepted => Best?.Voucher.Cumulative ?? TokenAmount.Zero;

    /// <summary>Accepted and not yet claimed.</summary>
    public TokenAmount Unclaimed => Accepted.SubtractSaturating(OnChain.Claimed);
}
