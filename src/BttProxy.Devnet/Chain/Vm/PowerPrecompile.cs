using System.Numerics;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>
/// 5: base ^ exponent mod modulus, each of any length, at the price of EIP-198. As in java-tron a modulus of zero returns nothing.
/// Lengths are limited to 1024 bytes, as EIP-7823 does: what is longer fails, so that a call cannot take seconds.
/// </summary>
internal sealed class PowerPrecompile : Precompile
{
    private const int LengthLimit = 1024;
    private const int Header = 3 * UInt256.Bytes;
    private const int PriceDivisor = 20;

    public override long Price(ReadOnlySpan<byte> data)
    {
        var (baseLength, exponentLength, modulusLength) = Lengths(data);
        var longest = new BigInteger(Math.Max(baseLength, modulusLength));
        var complexity =
            longest <= 64 ? longest * longest
            : longest <= 1024 ? (longest * longest / 4) + (96 * longest) - 3_072
            : (longest * longest / 16) + (480 * longest) - 199_680;
        var head = Read(data, Header + baseLength, Math.Min(exponentLength, UInt256.Bytes));
        var highestBit = Math.Max(head.GetBitLength() - 1, 0);
        var adjusted = highestBit + (8 * Math.Max(exponentLength - UInt256.Bytes, 0));
        var price = complexity * Math.Max(adjusted, 1) / PriceDivisor;
        return price > long.MaxValue ? long.MaxValue : (long)price;
    }

    public override bool TryRun(ReadOnlySpan<byte> data, out byte[] output)
    {
        output = [];
        var (baseLength, exponentLength, modulusLength) = Lengths(data);
        if (Math.Max(baseLength, Math.Max(exponentLength, modulusLength)) > LengthLimit)
        {
            return false;
        }

        var modulus = Read(data, Header + baseLength + exponentLength, modulusLength);
        if (!modulus.IsZero)
        {
            var power = BigInteger.ModPow(Read(data, Header, baseLength), Read(data, Header + baseLength, exponentLength), modulus);
            var bytes = power.ToByteArray(isUnsigned: true, isBigEndian: true);
            output = new byte[modulusLength];
            bytes.CopyTo(output, output.Length - bytes.Length);
        }

        return true;
    }

    private static (long Base, long Exponent, long Modulus) Lengths(ReadOnlySpan<byte> data) =>
        (LengthAt(data, 0), LengthAt(data, UInt256.Bytes), LengthAt(data, 2 * UInt256.Bytes));

    private static long LengthAt(ReadOnlySpan<byte> data, int offset) =>
        UInt256.FromBigInteger(Read(data, offset, UInt256.Bytes)).AtMost(int.MaxValue);

    /// <summary>Past the end of the data there are zeros.</summary>
    private static BigInteger Read(ReadOnlySpan<byte> data, long offset, long length)
    {
        var from = (int)Math.Min(offset, data.Length);
        var there = (int)Math.Min(length, data.Length - from);
        var value = new BigInteger(data.Slice(from, there), isUnsigned: true, isBigEndian: true);
        // A length that is beyond the limit is refused before its value matters.
        return there == 0 ? BigInteger.Zero : value << (int)(8 * Math.Min(length - there, LengthLimit));
    }
}
