using System.Globalization;

namespace BttProxy.Protocol.Money;

/// <summary>A number of payload bytes, never negative.</summary>
public readonly record struct ByteCount : IComparable<ByteCount>
{
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public ByteCount(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Value = value;
    }

    public static ByteCount Zero => default;

    public static ByteCount MaxValue => new(long.MaxValue);

    public long Value { get; }

    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public static ByteCount operator +(ByteCount left, ByteCount right) => new(checked(left.Value + right.Value));

    /// <exception cref="OverflowException">The difference is negative.</exception>
    public static ByteCount operator -(ByteCount left, ByteCount right) =>
        left.Value < right.Value
            ? throw new OverflowException($"{right.Value} bytes cannot be taken from {left.Value}.")
            : new ByteCount(left.Value - right.Value);

    public static bool operator <(ByteCount left, ByteCount right) => left.Value < right.Value;

    public static bool operator >(ByteCount left, ByteCount right) => left.Value > right.Value;

    public static bool operator <=(ByteCount left, ByteCount right) => left.Value <= right.Value;

    public static bool operator >=(ByteCount left, ByteCount right) => left.Value >= right.Value;

    public static ByteCount Min(ByteCount left, ByteCount right) => left <= right ? left : right;

    public static ByteCount Max(ByteCount left, ByteCount right) => left >= right ? left : right;

    /// <summary>The sum, or <see cref="MaxValue"/> where it does not fit. For limits, not for money.</summary>
    public ByteCount AddSaturating(ByteCount other) =>
        new(Value > long.MaxValue - other.Value ? long.MaxValue : Value + other.Value);

    /// <summary>The difference, or zero where it would be negative.</summary>
    public ByteCount SubtractSaturating(ByteCount other) => new(Math.Max(0, Value - other.Value));

    public int CompareTo(ByteCount other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
