using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Operations;

/// <summary>What a channel must carry until a claim's fee is a small part of what it brings, without staked energy.</summary>
/// <param name="PricePerMegabyte">The relay's own.</param>
/// <param name="FeePercent">The greatest part that is small.</param>
/// <param name="TokensPerTrx">The rate; null when nobody named one.</param>
/// <param name="Claims">Claimed alone, and in full batches.</param>
internal sealed record BreakEvenReport(
    PricePerMegabyte PricePerMegabyte, int FeePercent, TokenAmount? TokensPerTrx, IReadOnlyList<BreakEvenRow> Claims);

/// <param name="RowsPerClaim">Channels that share the transaction.</param>
/// <param name="FeeSun">Of one channel.</param>
/// <param name="Value">What it must be worth; null without a rate.</param>
/// <param name="Megabytes">What it must carry; null without a rate or a price.</param>
internal sealed record BreakEvenRow(int RowsPerClaim, long FeeSun, TokenAmount? Value, ulong? Megabytes);
