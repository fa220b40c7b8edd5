using BttProxy.BitTorrent.Swarm;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class PieceMemoryTests
{
    private const int Limit = 1000;

    [Fact]
    public void AnySequence_StaysWithinTheLimitInUseAndKeptTogether() =>
        Gen.Select(Gen.Int[0, 3], Gen.OneOf(Gen.Const(100), Gen.Const(250), Gen.Const(400))).Array[0, 100].Sample(steps =>
        {
            var memory = new PieceMemory(Limit);
            var rented = new Queue<byte[]>();
            foreach (var (action, size) in steps)
            {
                if (action == 0 && rented.TryDequeue(out var buffer))
                {
                    memory.Return(buffer);
                }
                else if (action == 1)
                {
                    memory.Trim();
                }
                else if (memory.TryRent(size, isFirst: false) is { } fresh)
                {
                    Assert.Equal(size, fresh.Length);
                    rented.Enqueue(fresh);
                }
                else
                {
                    Assert.True(memory.Used + size > Limit);
                }
                Assert.Equal(rented.Sum(held => held.Length), memory.Used);
                Assert.InRange(memory.Used + memory.Kept, 0, Limit);
            }
        });

    [Fact]
    public void ReturnedBuffer_IsUsedAgain()
    {
        var memory = new PieceMemory(Limit);
        var buffer = memory.TryRent(400, isFirst: true)!;
        memory.Return(buffer);
        Assert.Same(buffer, memory.TryRent(400, isFirst: false));
    }

    [Fact]
    public void IdleMemory_KeepsNothing()
    {
        var memory = new PieceMemory(Limit);
        memory.Return(memory.TryRent(400, isFirst: true)!);
        memory.Trim();
        Assert.Equal(400, memory.Kept);
        memory.Trim();
        Assert.Equal(0, memory.Kept);
    }

    [Fact]
    public void FirstPieceLargerThanTheLimit_IsGivenAndNotKept()
    {
        var memory = new PieceMemory(Limit);
        memory.Return(memory.TryRent(2 * Limit, isFirst: true)!);
        Assert.Equal(0, memory.Kept);
    }
}
