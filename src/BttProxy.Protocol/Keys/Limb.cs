using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace BttProxy.Protocol.Keys;

/// <summary>One limb's part in the arithmetic of long integers: 64 bits with what is carried to the next.</summary>
internal static class Limb
{
    /// <summary>a·b + c + carry, which always fits in 128 bits: the low half, and the high one as the new carry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd(ulong a, ulong b, ulong c, ref ulong carry)
    {
        var high = Multiply(a, b, out var low);
        low += c;
        high += low < c ? 1UL : 0;
        low += carry;
        high += low < carry ? 1UL : 0;
        carry = high;
        return low;
    }

    /// <summary>The high half of a·b, and the low one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Multiply(ulong a, ulong b, out ulong low)
    {
        if (!Bmi2.X64.IsSupported)
        {
            return Math.BigMul(a, b, out low);
        }

        // Two products in registers: the instruction for both halves comes with a detour through memory, three times as slow in all.
        low = a * b;
        return Bmi2.X64.MultiplyNoFlags(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong a, ulong b, ref ulong carry)
    {
        var half = a + b;
        var sum = half + carry;
        carry = (half < a ? 1UL : 0) | (sum < half ? 1UL : 0);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Subtract(ulong a, ulong b, ref ulong borrow)
    {
        var half = a - b;
        var difference = half - borrow;
        borrow = (a < b ? 1UL : 0) | (half < borrow ? 1UL : 0);
        return difference;
    }
}
