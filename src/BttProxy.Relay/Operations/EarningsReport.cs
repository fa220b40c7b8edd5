using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Operations;

/// <param name="By">What a row covers.</param>
/// <param name="TimeZone">Of the periods' ends.</param>
/// <param name="Since">The first row's start.</param>
/// <param name="Until">No row begins then or later.</param>
/// <param name="Rows">Every period, those without earnings too, oldest first.</param>
/// <param name="Totals">Of all time.</param>
/// <param name="BreakEven">How much a channel must carry; null when the chain could not be asked.</param>
/// <param name="BreakEvenUnknown">Why not.</param>
internal sealed record EarningsReport(
    EarningsPeriod By, string TimeZone, DateTimeOffset Since, DateTimeOffset Until, IReadOnlyList<EarningsRow> Rows, EarningsTotals Totals,
    BreakEvenReport? BreakEven, string? BreakEvenUnknown);

/// <param name="From">The period's start, UTC.</param>
/// <param name="Earned">By how much vouchers rose.</param>
/// <param name="Vouchers">How many were accepted.</param>
/// <param name="BytesDelivered">Handed to clients.</param>
/// <param name="Claimed">What the chain was seen to have paid.</param>
/// <param name="FeesSun">Burnt by claims whose end became known.</param>
internal sealed record EarningsRow(DateTimeOffset From, TokenAmount Earned, long Vouchers, long BytesDelivered, TokenAmount Claimed, long FeesSun)
{
    public static EarningsRow Nothing(DateTimeOffset from) => new(from, TokenAmount.Zero, 0, 0, TokenAmount.Zero, 0);

    public EarningsRow Add(HourlyEarning hour) => new(
        From, Earned + hour.Amount, Vouchers + hour.Vouchers, BytesDelivered + hour.Delivered.Value, Claimed + hour.Claimed, FeesSun + hour.Fees);

    public EarningsRow Add(EarningsRow row) => new(
        From, Earned + row.Earned, Vouchers + row.Vouchers, BytesDelivered + row.BytesDelivered, Claimed + row.Claimed, FeesSun + row.FeesSun);
}

/// <summary>Earned = claimable + under way + claimed + lost, unless the chain paid vouchers that this ledger never saw.</summary>
internal sealed record EarningsTotals
{
    /// <summary>The value of all accepted vouchers.</summary>
    public required TokenAmount Earned { get; init; }

    /// <summary>Not claimed, and in no claim under way.</summary>
    public required TokenAmount Claimable { get; init; }

    /// <summary>In claims that are queued or sent.</summary>
    public required TokenAmount UnderWay { get; init; }

    public required TokenAmount Claimed { get; init; }

    /// <summary>Channels closed before it was claimed.</summary>
    public required TokenAmount Lost { get; init; }

    /// <summary>Delivered, and covered by no voucher.</summary>
    public required TokenAmount Debt { get; init; }

    /// <summary>Millionths of a TRX burnt by claims.</summary>
    public required long FeesSun { get; init; }

    public required long Channels { get; init; }

    public required long OpenSessions { get; init; }

    public required long BytesDelivered { get; init; }

    public required long BytesPaid { get; init; }
}
