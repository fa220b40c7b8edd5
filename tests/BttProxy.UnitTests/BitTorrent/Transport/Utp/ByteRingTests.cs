using BttProxy.BitTorrent.Transport.Utp;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Utp;

public sealed class ByteRingTests
{
    [Fact]
    public void AnyWritesAndReads_GiveTheBytesInOrder() => Gen.Select(Gen.Int[0, 9000], Gen.Int[0, 9000]).Array[1, 60].Sample(steps =>
    {
        var ring = new ByteRing();
        var expected = new Queue<byte>();
        var random = new Random(steps.Length);
        foreach (var (write, read) in steps)
        {
            var bytes = new byte[write];
            random.NextBytes(bytes);
            ring.Write(bytes);
            Array.ForEach(bytes, expected.Enqueue);
            Assert.Equal(expected.Count, ring.Count);
            var some = new byte[Math.Min(100, expected.Count / 2)];
            ring.Peek(some.Length, some);
            Assert.Equal(expected.Skip(some.Length).Take(some.Length), some);
            var target = new byte[read];
            var count = ring.Read(target);
            Assert.Equal(Math.Min(read, expected.Count), count);
            Assert.All(target.Take(count), value => Assert.Equal(expected.Dequeue(), value));
        }
    });
}
