using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>One session's meter and credit, as the relay saves it. Bytes never go down: a late save with fewer keeps what is stored.</summary>
public sealed record SessionRecord
{
    /// <summary>The session id.</summary>
    public required SessionId Id { get; init; }

    public required ChannelId ChannelId { get; init; }

    public required ulong Epoch { get; init; }

    public required PricePerMegabyte Price { get; init; }

    /// <summary>The channel's cumulative amount when the session began.</summary>
    public required TokenAmount Base { get; init; }

    /// <summary>The debt carried into the session.</summary>
    public required TokenAmount Outstanding { get; init; }

    public required ByteCount Delivered { get; init; }

    public required ByteCount Forgiven { get; init; }

    public required ByteCount Paid { get; init; }

    /// <summary>Credit window in bytes; also kept for the payer's next session.</summary>
    public required ByteCount Window { get; init; }

    /// <summary>Owed for delivered bytes that no voucher covers yet.</summary>
    public required TokenAmount Debt { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Null while the session is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
}
