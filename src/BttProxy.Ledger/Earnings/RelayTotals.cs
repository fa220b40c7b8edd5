using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>
/// The relay's books over all channels and epochs. Accepted = Claimed + Unclaimed + Lost, unless the chain paid vouchers that
/// this ledger never saw.
/// </summary>
public sealed record RelayTotals
{
    public long Channels { get; init; }

    public long OpenSessions { get; init; }

    public ByteCount Delivered { get; init; }

    public ByteCount Forgiven { get; init; }

    /// <summary>Bytes covered by vouchers.</summary>
    public ByteCount Paid { get; init; }

    public TokenAmount Accepted { get; init; }

    public TokenAmount Claimed { get; init; }

    public TokenAmount Unclaimed { get; init; }

    public TokenAmount Debt { get; init; }

    public TokenAmount Lost { get; init; }

    /// <summary>Sun burnt by transactions of claims.</summary>
    public long Fees { get; init; }
}
