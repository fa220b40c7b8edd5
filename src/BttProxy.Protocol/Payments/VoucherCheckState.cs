using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>Everything <see cref="VoucherRules"/> looks at, taken at one moment by the channel's one writer.</summary>
public sealed record VoucherCheckState
{
    public required VoucherPolicy Policy { get; init; }

    /// <summary>Null when the channel is not known.</summary>
    public required ChannelView? Channel { get; init; }

    public required SessionAccount Account { get; init; }

    public required CreditWindow Credit { get; init; }

    /// <summary>Unix seconds by the relay's clock.</summary>
    public required ulong UnixSeconds { get; init; }

    /// <summary>The sender's recent invalid messages are over the limit.</summary>
    public bool TooManyInvalid { get; init; }

    /// <summary>Unclaimed value of this payer before this voucher.</summary>
    public TokenAmount UnclaimedOfPayer { get; init; }

    /// <summary>Unclaimed value of all payers before this voucher.</summary>
    public TokenAmount UnclaimedTotal { get; init; }

    /// <summary>The view of the chain is recent.</summary>
    public bool IsChainViewFresh { get; init; } = true;
}
