using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Spending;

/// <summary>Everything the client remembers about one channel.</summary>
public sealed record ClientChannel
{
    public required ChannelId Id { get; init; }

    public required RelayId Relay { get; init; }

    public required ChannelTerms Terms { get; init; }

    /// <summary>Rises at each close; vouchers of earlier epochs are void.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>What the channel can pay in this epoch; zero before it is open.</summary>
    public required TokenAmount Reserved { get; init; }

    /// <summary>The highest voucher signed in this epoch, whether or not it was sent.</summary>
    public SignedVoucher? Highest { get; init; }

    /// <summary>Signed in earlier epochs.</summary>
    public TokenAmount SpentBefore { get; init; }

    /// <summary>Why nothing more is signed in this epoch; null when the channel may be used.</summary>
    public string? Quarantine { get; init; }

    /// <summary>The cumulative amount of the highest voucher, or zero.</summary>
    public TokenAmount Signed => Highest?.Voucher.Cumulative ?? TokenAmount.Zero;
}
