using System.Numerics;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Settlement;

/// <summary>Compares fees in TRX with values in the token, by the operator's rate. Without a rate nothing is too expensive.</summary>
internal sealed class FeeRule(SettlementOptions options)
{
    private const long SunPerTrx = 1_000_000;

    /// <summary>The value is above the fee.</summary>
    public bool IsCovered(long sun, TokenAmount value) => Weigh(sun) < (BigInteger)value.Units * SunPerTrx;

    /// <summary>The fee is at most the allowed part of the value.</summary>
    public bool IsSmallPart(long sun, TokenAmount value) =>
        Weigh(sun) * 100 <= (BigInteger)value.Units * SunPerTrx * options.MaxFeePercent;

    private BigInteger Weigh(long sun) => sun * (BigInteger)(options.TokensPerTrx?.Units ?? 0);
}
