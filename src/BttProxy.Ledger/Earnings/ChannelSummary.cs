using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>A channel as an operator looks at it: its money, and its newest claim.</summary>
public sealed record ChannelSummary
{
    public required ChannelId Id { get; init; }

    public required TronAddress Payer { get; init; }

    /// <summary>The chain's side when it was last looked at.</summary>
    public required OnChainState OnChain { get; init; }

    /// <summary>The best voucher of this epoch; zero without one.</summary>
    public required TokenAmount Accepted { get; init; }

    /// <summary>When it came; null without one.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>Paid out in earlier, closed epochs.</summary>
    public required TokenAmount SettledBefore { get; init; }

    /// <summary>Accepted in earlier epochs and never paid out.</summary>
    public required TokenAmount Lost { get; init; }

    /// <summary>Owed for delivered bytes that no voucher covers yet.</summary>
    public required TokenAmount Debt { get; init; }

    /// <summary>The operator closed it in this epoch: nothing more is sold on it.</summary>
    public bool IsClosing { get; init; }

    /// <summary>Of any epoch; null when nothing was ever claimed.</summary>
    public ClaimSummary? Claim { get; init; }

    /// <summary>Accepted and not yet claimed.</summary>
    public TokenAmount Unclaimed => Accepted.SubtractSaturating(OnChain.Claimed);

    /// <summary>Of that, in the claim under way.</summary>
    public TokenAmount UnderWay => Claim is { IsUnderWay: true } claim && claim.Epoch == OnChain.Epoch
        ? TokenAmount.Min(claim.Amount, Accepted).SubtractSaturating(OnChain.Claimed)
        : TokenAmount.Zero;
}
