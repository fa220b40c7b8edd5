using BttProxy.BitTorrent.Storage;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Storage;

public sealed class BitfieldTests
{
    [Fact]
    public void FirstPiece_IsTheHighestBit()
    {
        var bits = new Bitfield(10);
        bits.Set(0);
        bits.Set(9);
        Assert.Equal([0x80, 0x40], bits.ToBytes());
    }

    [Theory]
    [InlineData(10, new byte[] { 0xff })]
    [InlineData(10, new byte[] { 0xff, 0xc0, 0 })]
    [InlineData(10, new byte[] { 0xff, 0x20 })]
    public void WrongSizeOrSpareBits_AreRefused(int length, byte[] bytes) => Assert.False(Bitfield.TryParse(bytes, length, out _));

    [Fact]
    public void AnySequenceOfChanges_MatchesASet() =>
        Gen.Select(Gen.Int[1, 200], Gen.Select(Gen.Int[0, 199], Gen.Bool).Array[0, 300]).Sample((length, changes) =>
        {
            var bits = new Bitfield(length);
            var expected = new HashSet<int>();
            foreach (var (index, set) in changes.Where(change => change.Item1 < length))
            {
                Assert.Equal(set ? expected.Add(index) : expected.Remove(index), set ? bits.Set(index) : bits.Clear(index));
            }
            Assert.Equal(expected.Count, bits.Count);
            Assert.True(Bitfield.TryParse(bits.ToBytes(), length, out var copy));
            Assert.All(Enumerable.Range(0, length), i => Assert.Equal(expected.Contains(i), copy[i]));
        });
}
