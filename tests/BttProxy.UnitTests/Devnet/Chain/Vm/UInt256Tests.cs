using System.Numerics;
using BttProxy.Devnet.Chain.Vm;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

/// <summary>Words against <see cref="BigInteger"/>; every operation through the machine, so its order of arguments too.</summary>
public sealed class UInt256Tests
{
    private static readonly BigInteger Size = BigInteger.One << 256;

    // Numbers of all lengths, and those at the edges of limbs and signs.
    private static readonly Gen<UInt256> GenWord = Gen.Frequency(
        (4, Gen.Byte.Array[0, 32].Select(bytes => UInt256.FromBytes(bytes))),
        (2, Gen.Int[0, 256].Select(bits => UInt256.One << bits)),
        (2, Gen.Int[0, 256].Select(bits => (UInt256.One << bits) - 1)),
        (1, Gen.Int[0, 256].Select(bits => -(UInt256.One << bits))),
        (2, Gen.ULong[0, 300].Select(small => (UInt256)small)));

    private static readonly Gen<(UInt256 X, UInt256 Y, UInt256 Z)> GenThree = Gen.Select(GenWord, GenWord, GenWord);

    [Fact]
    public void Numbers_SurviveBytesAndBigIntegers() => GenWord.Sample(x =>
        UInt256.FromBytes(x.ToBytes32()) == x && UInt256.FromBigInteger(x.ToBigInteger()) == x && UInt256.Parse(x.ToString()) == x
        && UInt256.FromBigInteger(x.ToBigInteger() - Size) == x && x.BitLength == (int)x.ToBigInteger().GetBitLength());

    [Fact]
    public void Comparisons_AreThoseOfNumbers() => GenThree.Sample(t =>
        t.X.CompareTo(t.Y) == t.X.ToBigInteger().CompareTo(t.Y.ToBigInteger()) && (t.X == t.Y) == (t.X.ToBigInteger() == t.Y.ToBigInteger())
        && (t.X < t.Y) == (t.Y > t.X) && (t.X <= t.Y) != (t.X > t.Y) && (t.X >= t.Y) != (t.X < t.Y));

    [Theory]
    [InlineData(nameof(Operation.Add))]
    [InlineData(nameof(Operation.Mul))]
    [InlineData(nameof(Operation.Sub))]
    [InlineData(nameof(Operation.Div))]
    [InlineData(nameof(Operation.SDiv))]
    [InlineData(nameof(Operation.Mod))]
    [InlineData(nameof(Operation.SMod))]
    [InlineData(nameof(Operation.AddMod))]
    [InlineData(nameof(Operation.MulMod))]
    [InlineData(nameof(Operation.Exp))]
    [InlineData(nameof(Operation.SignExtend))]
    [InlineData(nameof(Operation.Lt))]
    [InlineData(nameof(Operation.Gt))]
    [InlineData(nameof(Operation.SLt))]
    [InlineData(nameof(Operation.SGt))]
    [InlineData(nameof(Operation.Eq))]
    [InlineData(nameof(Operation.IsZero))]
    [InlineData(nameof(Operation.And))]
    [InlineData(nameof(Operation.Or))]
    [InlineData(nameof(Operation.Xor))]
    [InlineData(nameof(Operation.Not))]
    [InlineData(nameof(Operation.Byte))]
    [InlineData(nameof(Operation.Shl))]
    [InlineData(nameof(Operation.Shr))]
    [InlineData(nameof(Operation.Sar))]
    public void Operation_GivesWhatNumbersGive(string name)
    {
        var operation = Enum.Parse<Operation>(name);
        GenThree.Sample(
            t =>
            {
                var expected = ((Expected(operation, t.X.ToBigInteger(), t.Y.ToBigInteger(), t.Z.ToBigInteger()) % Size) + Size) % Size;
                var actual = VmWorld.Word(new Bytecode().Do(operation, t.X, t.Y, t.Z)).ToBigInteger();
                Assert.True(expected == actual, $"{name}({t.X}, {t.Y}, {t.Z}) gave {actual:x} instead of {expected:x}");
            },
            iter: 2_000);
    }

    private static BigInteger Expected(Operation operation, BigInteger x, BigInteger y, BigInteger z) => operation switch
    {
        Operation.Add => x + y,
        Operation.Mul => x * y,
        Operation.Sub => x - y,
        Operation.Div => y.IsZero ? 0 : x / y,
        Operation.SDiv => y.IsZero ? 0 : Signed(x) / Signed(y),
        Operation.Mod => y.IsZero ? 0 : x % y,
        Operation.SMod => y.IsZero ? 0 : Signed(x) % Signed(y),
        Operation.AddMod => z.IsZero ? 0 : (x + y) % z,
        Operation.MulMod => z.IsZero ? 0 : x * y % z,
        Operation.Exp => BigInteger.ModPow(x, y, Size),
        Operation.SignExtend => x > 30 ? y : SignExtend((int)x, y),
        Operation.Lt => x < y ? 1 : 0,
        Operation.Gt => x > y ? 1 : 0,
        Operation.SLt => Signed(x) < Signed(y) ? 1 : 0,
        Operation.SGt => Signed(x) > Signed(y) ? 1 : 0,
        Operation.Eq => x == y ? 1 : 0,
        Operation.IsZero => x.IsZero ? 1 : 0,
        Operation.And => x & y,
        Operation.Or => x | y,
        Operation.Xor => x ^ y,
        Operation.Not => Size - 1 - x,
        Operation.Byte => x > 31 ? 0 : (y >> (8 * (31 - (int)x))) & 0xFF,
        Operation.Shl => x > 255 ? 0 : y << (int)x,
        Operation.Shr => x > 255 ? 0 : y >> (int)x,
        Operation.Sar => Signed(y) >> (int)BigInteger.Min(x, 256),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private static BigInteger Signed(BigInteger x) => x >> 255 == 0 ? x : x - Size;

    private static BigInteger SignExtend(int index, BigInteger value)
    {
        var span = BigInteger.One << (8 * (index + 1));
        var low = value % span;
        return low >= span / 2 ? low - span : low;
    }
}
