using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>
/// What a client signs. It never signs above price × (verified + W_client), so a relay that sends rubbish or stops gains
/// at most W_client × price. Store the new amount before sending it.
/// </summary>
public static class PayerRules
{
    /// <summary>An answer that takes this long leaves room to pay earlier at no cost that shows.</summary>
    private static readonly TimeSpan LongRoundTrip = TimeSpan.FromMilliseconds(20);

    /// <summary>W_client: the relay's window, or one piece where that is larger (a piece is verified whole or not at all).</summary>
    public static ByteCount ClientWindow(ByteCount window, ByteCount pieceLength) => ByteCount.Max(window, pieceLength);

    /// <summary>
    /// How many received and unpaid bytes call for a voucher. They cost both sides work, so near relays, where content comes fastest, are
    /// paid when half of the window is used; to far ones a voucher leaves earlier, so that credit lasts while it travels.
    /// </summary>
    public static ByteCount WorthAVoucher(ByteCount window, TimeSpan roundTrip) =>
        new(window.Value / (roundTrip < LongRoundTrip ? 2 : 4));

    /// <summary>
    /// The fewest bytes that a voucher pays before the end. A quarter of the window keeps vouchers few, and a relay that gives credit in
    /// portions of up to a quarter cannot run dry: of three quarters, more than half is unverified and payable, or a quarter is verified.
    /// </summary>
    public static ByteCount SmallestVoucher(ByteCount window) => new(window.Value / 4);

    /// <summary>
    /// The cumulative amount to sign now, or null when nothing more is due. Pays verified bytes; pays received but
    /// unverified ones only when the relay would otherwise stall, which is when more than half its window is unpaid.
    /// </summary>
    /// <exception cref="OverflowException">More than 128 bits.</exception>
    public static TokenAmount? NextAmount(PayerState state)
    {
        var verified = ByteCount.Min(state.Verified, state.Received);
        var unverified = state.Received - verified;
        var bytes = unverified.Value > state.Window.Value / 2
            ? ByteCount.Min(state.Received, verified.AddSaturating(ClientWindow(state.Window, state.PieceLength)))
            : verified;
        var amount = state.Account.CumulativeFor(bytes);
        return amount > state.Signed ? amount : null;
    }

    /// <summary>The most that may be signed now, whatever the relay asks for.</summary>
    /// <exception cref="OverflowException">More than 128 bits.</exception>
    public static TokenAmount Ceiling(PayerState state) =>
        state.Account.CumulativeFor(
            ByteCount.Min(
                state.Received,
                ByteCount.Min(state.Verified, state.Received).AddSaturating(ClientWindow(state.Window, state.PieceLength))));

    /// <summary>
    /// Judges an opened session. A base above the client's memory is believed only with the client's own signature over
    /// it (the client lost its state); debt only as far as the client's own books show it.
    /// </summary>
    public static SessionOfferVerdict Check(SessionOpened opened, PayerExpectation expected)
    {
        if (opened.Price != expected.Price)
        {
            return SessionOfferVerdict.PriceChanged;
        }

        if (opened.Window == ByteCount.Zero || opened.Window > opened.WindowCeiling)
        {
            return SessionOfferVerdict.WindowOutOfRange;
        }

        if (opened.BaseAmount > expected.Signed && !IsProven(opened, expected))
        {
            return SessionOfferVerdict.BaseNotProven;
        }

        // A base below what is signed means that the last vouchers did not arrive: the difference may come as debt.
        var missing = expected.Signed.SubtractSaturating(opened.BaseAmount);
        return opened.Outstanding.SubtractSaturating(missing) > expected.Owed
            ? SessionOfferVerdict.OutstandingTooHigh
            : SessionOfferVerdict.Accepted;
    }

    private static bool IsProven(SessionOpened opened, PayerExpectation expected) =>
        opened.LastVoucher is { } last
        && last.Voucher.ChannelId == expected.ChannelId
        && last.Voucher.Epoch == expected.Epoch
        && last.Voucher.Cumulative == opened.BaseAmount
        && last.Recover(expected.Domain, out var signer) == SignatureVerdict.Valid
        && signer == expected.Signer;
}
