using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <param name="Hour">The start of the hour, UTC.</param>
/// <param name="Amount">By how much accepted vouchers rose.</param>
/// <param name="Vouchers">How many were accepted.</param>
public sealed record HourlyEarning(DateTimeOffset Hour, TokenAmount Amount, long Vouchers);
