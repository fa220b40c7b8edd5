using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Operations;

/// <summary>One channel as the ledger has it.</summary>
internal sealed record ChannelRow
{
    public required ChannelId Id { get; init; }

    public required TronAddress Payer { get; init; }

    public required ulong Epoch { get; init; }

    public required ChannelActivity Activity { get; init; }

    public required TokenAmount Reserved { get; init; }

    public required TokenAmount Accepted { get; init; }

    public required TokenAmount Claimed { get; init; }

    public required TokenAmount Unclaimed { get; init; }

    public required TokenAmount Debt { get; init; }

    /// <summary>From when the payer may take the rest back; null when it was not asked for.</summary>
    public DateTimeOffset? WithdrawAt { get; init; }

    public DateTimeOffset? LastVoucherAt { get; init; }

    /// <summary>The newest claim, of any epoch.</summary>
    public ClaimLine? Claim { get; init; }

    public static ChannelRow Of(ChannelSummary channel, bool hasSession) => new()
    {
        Id = channel.Id,
        Payer = channel.Payer,
        Epoch = channel.OnChain.Epoch,
        Activity = hasSession ? ChannelActivity.Session
            : channel.OnChain.Reserved == TokenAmount.Zero ? ChannelActivity.Closed
            : channel.IsClosing ? ChannelActivity.Closing
            : ChannelActivity.Idle,
        Reserved = channel.OnChain.Reserved,
        Accepted = channel.Accepted,
        Claimed = channel.OnChain.Claimed,
        Unclaimed = channel.Unclaimed,
        Debt = channel.Debt,
        WithdrawAt = ToTime(channel.OnChain.WithdrawAt),
        LastVoucherAt = channel.AcceptedAt,
        Claim = channel.Claim is { } claim ? ClaimLine.Of(claim) : null,
    };

    // The contract's clock has 40 bits.
    private static DateTimeOffset? ToTime(ulong? unixSeconds) =>
        unixSeconds is { } seconds ? DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(seconds, 253_402_300_799)) : null;
}
