using System.Globalization;
using System.Numerics;

namespace BttProxy.Protocol.Keys.Curve;

/// <summary>
/// k = low + λ·high (mod n) with both halves below 2^128: Gallant, Lambert, Vanstone (2001) with the lattice basis of
/// secp256k1. Halves the number of doublings.
/// </summary>
internal readonly struct SplitScalar
{
    private static readonly BigInteger A1 = Constant("3086D221A7D46BCDE86C90E49284EB15");
    private static readonly BigInteger MinusB1 = Constant("E4437ED6010E88286F547FA90ABFE4C3");
    private static readonly BigInteger A2 = Constant("114CA50F7A8E2F3F657C1108D9D44CFD8");
    private static readonly BigInteger HalfOrder = Scalar.Order >> 1;

    private SplitScalar(BigInteger low, BigInteger high)
    {
        LowIsNegative = low.Sign < 0;
        HighIsNegative = high.Sign < 0;
        Low = (UInt128)BigInteger.Abs(low);
        High = (UInt128)BigInteger.Abs(high);
    }

    public UInt128 Low { get; }

    public bool LowIsNegative { get; }

    public UInt128 High { get; }

    public bool HighIsNegative { get; }

    public static SplitScalar From(BigInteger scalar)
    {
        var c1 = ((A1 * scalar) + HalfOrder) / Scalar.Order;
        var c2 = ((MinusB1 * scalar) + HalfOrder) / Scalar.Order;
        return new SplitScalar(scalar - (c1 * A1) - (c2 * A2), (c1 * MinusB1) - (c2 * A1));
    }

    private static BigInteger Constant(string hex) => BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
