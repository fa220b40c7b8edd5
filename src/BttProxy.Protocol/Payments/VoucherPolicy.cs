using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>What a relay takes; from its own configuration, never from a message.</summary>
public sealed record VoucherPolicy
{
    /// <summary>One hour: below it a payer could withdraw before a relay that restarts has claimed.</summary>
    public const ulong DefaultMinWithdrawDelay = 3600;

    /// <summary>Thirty days: above it the payer's own money would be locked for too long to be meant.</summary>
    public const ulong DefaultMaxWithdrawDelay = 30 * 24 * 3600;

    public required ChannelDomain Domain { get; init; }

    public required TronAddress Token { get; init; }

    public required TronAddress Payee { get; init; }

    public required TronAddress PayeeAuthorizer { get; init; }

    /// <summary>Seconds.</summary>
    public ulong MinWithdrawDelay { get; init; } = DefaultMinWithdrawDelay;

    /// <summary>Seconds.</summary>
    public ulong MaxWithdrawDelay { get; init; } = DefaultMaxWithdrawDelay;

    /// <summary>Unclaimed value of one payer above which no new credit is given.</summary>
    public TokenAmount MaxUnclaimedPerPayer { get; init; } = TokenAmount.MaxValue;

    /// <summary>Unclaimed value of all payers above which no new credit is given.</summary>
    public TokenAmount MaxUnclaimedTotal { get; init; } = TokenAmount.MaxValue;
}
