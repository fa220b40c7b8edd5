using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>
/// How far a relay lets a session run ahead of its payments. Immutable; a value type because it changes with every
/// write of the byte path. Invariant: carried + delivered − forgiven − paid ≤ <see cref="Size"/>.
/// </summary>
public readonly record struct CreditWindow
{
    /// <summary>Forgiven over a channel's life at most: this and <see cref="ForgivenShare"/> of what was delivered.</summary>
    private const long ForgivenBase = 4L << 20;

    /// <summary>One part in twenty: 5 %.</summary>
    private const int ForgivenShare = 20;

    /// <summary>256 KiB: the window of an unknown payer.</summary>
    public static ByteCount DefaultFloor => new(256 << 10);

    /// <summary>16 MiB: unthrottled 100 Mbit/s at 200 ms needs 5 MB, with room for faster paths.</summary>
    public static ByteCount DefaultCeiling => new(16 << 20);

    /// <summary>W: how much may be unpaid.</summary>
    public ByteCount Size { get; private init; }

    public ByteCount Ceiling { get; private init; }

    /// <summary>Unpaid bytes of earlier sessions: they use up the window until the first voucher pays them.</summary>
    public ByteCount Carried { get; private init; }

    /// <summary>Bytes of this session handed to the network.</summary>
    public ByteCount Delivered { get; private init; }

    /// <summary>Bytes of this session that were written and, as nobody pays for them, did not arrive.</summary>
    public ByteCount Forgiven { get; private init; }

    /// <summary>Bytes of this session that the best voucher pays. Can exceed what was delivered.</summary>
    public ByteCount Paid { get; private init; }

    /// <summary>Delivered and forgiven on this channel before this session: reconnecting gains no new allowance.</summary>
    public ForgivenessHistory History { get; private init; }

    /// <summary>No new credit: only what is paid in advance flows.</summary>
    public bool IsFrozen { get; private init; }

    /// <summary>What the window has already grown for.</summary>
    private ByteCount GrownAt { get; init; }

    /// <summary>Delivered, not forgiven, not paid; earlier sessions included.</summary>
    public ByteCount Unpaid => Due.SubtractSaturating(Paid);

    /// <summary>Bytes that may be delivered now.</summary>
    public ByteCount Available
    {
        get
        {
            var credit = IsFrozen ? ByteCount.Zero : Size;
            return credit.SubtractSaturating(Unpaid).AddSaturating(Paid.SubtractSaturating(Due));
        }
    }

    /// <summary>What this session adds to the channel's history when it ends.</summary>
    public ForgivenessHistory HistoryAfter => new(History.Delivered.AddSaturating(Delivered), History.Forgiven.AddSaturating(Forgiven));

    private ByteCount Due => Carried + (Delivered - Forgiven);

    /// <summary>A new session's window.</summary>
    /// <param name="size">Kept from the payer's earlier sessions, or the floor for an unknown payer.</param>
    /// <param name="ceiling">Where growth ends; at least <paramref name="size"/>.</param>
    /// <param name="carried">Unpaid bytes of earlier sessions on the channel.</param>
    /// <param name="history">Of the channel.</param>
    public static CreditWindow Start(ByteCount size, ByteCount ceiling, ByteCount carried = default, ForgivenessHistory history = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(size.Value, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(ceiling.Value, size.Value, nameof(ceiling));
        return new CreditWindow { Size = size, Ceiling = ceiling, Carried = carried, History = history };
    }

    /// <summary>Counts bytes about to be written.</summary>
    /// <exception cref="InvalidOperationException">More than <see cref="Available"/>: the caller's bug.</exception>
    public CreditWindow Deliver(ByteCount bytes) =>
        bytes <= Available
            ? (this with { Delivered = Delivered + bytes }).Grow()
            : throw new InvalidOperationException($"{bytes} bytes were to be delivered and {Available} are covered.");

    /// <summary>
    /// Takes over what an accepted voucher pays; it covers the debt of earlier sessions by rule. Bytes that were given up for lost
    /// and are paid for have arrived after all: they are no longer forgiven.
    /// </summary>
    /// <param name="paid">Bytes of this session, cumulative.</param>
    /// <exception cref="InvalidOperationException">Less than before: the caller's bug.</exception>
    public CreditWindow Pay(ByteCount paid)
    {
        if (paid < Paid)
        {
            throw new InvalidOperationException($"Paid bytes cannot fall from {Paid} to {paid}.");
        }

        var arrived = paid.SubtractSaturating(Delivered - Forgiven);
        return (this with { Paid = paid, Carried = ByteCount.Zero, Forgiven = Forgiven.SubtractSaturating(arrived) }).Grow();
    }

    /// <summary>
    /// Forgives bytes of one aborted response that were written but not received: at most one window per response, at
    /// most 4 MiB and 5 % over the channel's life, never bytes that are paid.
    /// </summary>
    /// <param name="lost">What did not arrive.</param>
    /// <param name="granted">What is forgiven.</param>
    /// <returns>The window after it; when <paramref name="granted"/> is less than asked, the session is to be closed.</returns>
    public CreditWindow Forgive(ByteCount lost, out ByteCount granted)
    {
        var total = HistoryAfter;
        var allowance = new ByteCount((total.Delivered.Value / ForgivenShare) + ForgivenBase).SubtractSaturating(total.Forgiven);
        var unpaid = (Delivered - Forgiven).SubtractSaturating(Paid);
        granted = ByteCount.Min(ByteCount.Min(lost, Size), ByteCount.Min(allowance, unpaid));
        return this with { Forgiven = Forgiven + granted };
    }

    /// <summary>Ends or resumes credit; what is paid keeps flowing either way.</summary>
    public CreditWindow Freeze(bool frozen) => this with { IsFrozen = frozen };

    // Only bytes both delivered and paid count, so prepaying does not buy a larger window; the result does not depend
    // on how the payments were cut into vouchers.
    private CreditWindow Grow()
    {
        var settled = ByteCount.Min(Paid, Delivered - Forgiven);
        var size = Size;
        var grownAt = GrownAt;
        while (size < Ceiling && settled.SubtractSaturating(grownAt) >= size)
        {
            grownAt += size;
            size = ByteCount.Min(size.AddSaturating(size), Ceiling);
        }

        return this with { Size = size, GrownAt = grownAt };
    }
}
