namespace BttProxy.Tron.Node;

/// <summary>What the chain's voters have set.</summary>
/// <param name="Energy">Sun for a unit of energy.</param>
/// <param name="Bandwidth">Sun for a byte.</param>
/// <param name="MaxFeeLimit">Sun; transactions that allow more are refused.</param>
public sealed record TronPrices(long Energy, long Bandwidth, long MaxFeeLimit);
