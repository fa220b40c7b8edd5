using System.Numerics;
using Org.BouncyCastle.Utilities;
using BouncyInteger = Org.BouncyCastle.Math.BigInteger;

namespace BttProxy.Protocol.Keys.Curve;

/// <summary>Arithmetic modulo the group order n, on public values.</summary>
internal static class Scalar
{
    private static readonly BouncyInteger BouncyOrder = new(1, Secp256k1.Order);

    public static BigInteger Order { get; } = Read(Secp256k1.Order);

    public static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    /// <summary>1 / value modulo n, by BouncyCastle's division steps (System.Numerics has only exponentiation).</summary>
    public static BigInteger Invert(ReadOnlySpan<byte> value) =>
        Read(BigIntegers.ModOddInverseVar(BouncyOrder, new BouncyInteger(1, value)).ToByteArrayUnsigned());
}
