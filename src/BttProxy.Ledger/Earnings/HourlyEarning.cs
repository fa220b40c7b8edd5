using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>What one hour brought.</summary>
/// <param name="Hour">The start of the hour, UTC.</param>
/// <param name="Amount">By how much accepted vouchers rose.</param>
/// <param name="Vouchers">How many were accepted.</param>
/// <param name="Delivered">Bytes handed to clients, as far as sessions were saved.</param>
/// <param name="Claimed">What the chain was seen to have paid.</param>
/// <param name="Fees">Sun burnt by claims whose end became known.</param>
public sealed record HourlyEarning(DateTimeOffset Hour, TokenAmount Amount, long Vouchers, ByteCount Delivered, TokenAmount Claimed, long Fees);
