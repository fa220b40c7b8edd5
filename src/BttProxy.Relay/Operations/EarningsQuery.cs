using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Operations;

/// <param name="By">What a row covers.</param>
/// <param name="Since">The first row; null for a day of hours or a month of days.</param>
/// <param name="Until">No row begins then or later; null for now.</param>
/// <param name="TokensPerTrx">The operator's rate; null for that of the relay's configuration.</param>
internal sealed record EarningsQuery(EarningsPeriod By, DateTimeOffset? Since, DateTimeOffset? Until, TokenAmount? TokensPerTrx);
