using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>
/// The arithmetic of one session, the same on both sides: cumulative = base + outstanding + owed(session bytes).
/// </summary>
/// <param name="Price">Fixed for the session.</param>
/// <param name="BaseAmount">The channel's accepted cumulative amount at the session's start.</param>
/// <param name="Outstanding">Debt of earlier sessions on the channel; the first voucher pays it.</param>
public readonly record struct SessionAccount(PricePerMegabyte Price, TokenAmount BaseAmount, TokenAmount Outstanding)
{
    /// <summary>What a voucher must say before any byte of this session counts as paid.</summary>
    /// <exception cref="OverflowException">More than 128 bits.</exception>
    public TokenAmount Floor => BaseAmount + Outstanding;

    /// <summary>The voucher that pays exactly this many bytes of the session, rounded up once.</summary>
    /// <exception cref="OverflowException">More than 128 bits.</exception>
    public TokenAmount CumulativeFor(ByteCount bytes) => Floor + Price.Owed(bytes);

    /// <summary>How many bytes of the session a voucher pays; zero while earlier debt is not covered.</summary>
    public ByteCount PaidBytes(TokenAmount cumulative) =>
        cumulative < Floor ? ByteCount.Zero : Price.Covered(cumulative - Floor);

    /// <summary>What stays owed when the session ends after these bytes: the next session's <see cref="Outstanding"/>.</summary>
    /// <param name="bytes">Delivered and not forgiven.</param>
    /// <param name="cumulative">The highest accepted voucher.</param>
    public TokenAmount Debt(ByteCount bytes, TokenAmount cumulative) => CumulativeFor(bytes).SubtractSaturating(cumulative);
}
