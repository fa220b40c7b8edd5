using BttProxy.BitTorrent.Swarm;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class PieceMemoryTests
{
    private const int Limit = 1000;

    [Fact]
    public void AnySequence_StaysWithinTheLimitInUseAndKeptTogether() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2], Gen.OneOf(Gen.Const(100), Gen.Const(250), Gen.Const(400))).Array[0, 100].Sample(steps =>
        {
            var memory = new PieceMemory(Limit);
            PieceMemoryShare[] shares = [new(memory), new(memory), new(memory)];
            Queue<byte[]>[] held = [new(), new(), new()];
            foreach (var (action, of, size) in steps)
            {
                if (action <= 1 && held[of].TryDequeue(out var buffer))
                {
                    shares[of].Return(buffer);
                }
                else if (action == 2)
                {
                    memory.Trim();
                }
                else if (action == 3)
                {
                    memory.ForgetWaiting();
                }
                else if (shares[of].TryRent(size, readers: of) is { } fresh)
                {
                    // Above the limit only with what each share may have in any case.
                    Assert.True(memory.Used <= Limit || held[of].Count == 0);
                    Assert.Equal(size, fresh.Length);
                    held[of].Enqueue(fresh);
                }
                else
                {
                    Assert.NotEmpty(held[of]);
                }
                Assert.Equal(held.Sum(queue => queue.Sum(rented => rented.Length)), memory.Used);
                Assert.All(shares.Zip(held), pair => Assert.Equal(pair.Second.Sum(rented => rented.Length), pair.First.Used));
                Assert.True(memory.Kept <= Math.Max(0, Limit - memory.Used));
            }
        });

    [Fact]
    public void LoneShare_GetsAll()
    {
        var share = new PieceMemoryShare(new PieceMemory(Limit));
        Assert.Equal(10, RentAll(share, readers: 1));
    }

    [Fact]
    public void WhoeverHoldsLess_GetsWhatComesBack()
    {
        var memory = new PieceMemory(Limit);
        var (greedy, late) = (new PieceMemoryShare(memory), new PieceMemoryShare(memory));
        var held = new Stack<byte[]>();
        while (greedy.TryRent(100, readers: 1) is { } buffer)
        {
            held.Push(buffer);
        }
        // The first piece in any case, then what is free.
        Assert.NotNull(late.TryRent(100, readers: 1));
        Assert.Null(late.TryRent(100, readers: 1));
        for (var returned = 0; late.Used < Limit / 2; returned++)
        {
            Assert.InRange(returned, 0, 5);
            greedy.Return(held.Pop());
            Assert.Null(greedy.TryRent(100, readers: 1));
            if (returned > 0)
            {
                // The first that came back makes up for the piece above the limit.
                Assert.NotNull(late.TryRent(100, readers: 1));
            }
            Assert.Null(late.TryRent(100, readers: 1));
        }
    }

    [Fact]
    public void WhatIsOverWhenAllHaveAsMuch_DoesNotStayWithOne()
    {
        var memory = new PieceMemory(Limit);
        PieceMemoryShare[] shares = [new(memory), new(memory), new(memory)];
        var held = shares.Select(share => new Queue<byte[]>([share.TryRent(100, readers: 1)!])).ToArray();
        for (var turn = 0; turn < 100; turn++)
        {
            for (var i = 0; i < shares.Length; i++)
            {
                // Whoever gives back asks at once, before the others look.
                shares[i].Return(held[i].Dequeue());
                while (shares[i].TryRent(100, readers: 1) is { } buffer)
                {
                    held[i].Enqueue(buffer);
                }
            }
        }
        Assert.All(held, queue => Assert.InRange(queue.Count, 3, 4));
    }

    [Fact]
    public void PartsFollowTheReaders()
    {
        var memory = new PieceMemory(Limit);
        var (many, one) = (new PieceMemoryShare(memory), new PieceMemoryShare(memory));
        one.TryRent(100, readers: 1);
        many.TryRent(100, readers: 4);
        var held = RentAll(one, readers: 1);
        Assert.Equal(8, held);
        Assert.Null(many.TryRent(100, readers: 4));
        Assert.Null(one.TryRent(100, readers: 1));
    }

    [Fact]
    public void NobodyWaitsAnyMore_AllMayBeUsedAgain()
    {
        var memory = new PieceMemory(Limit);
        var (first, second) = (new PieceMemoryShare(memory), new PieceMemoryShare(memory));
        var one = first.TryRent(100, readers: 1)!;
        second.TryRent(100, readers: 1);
        RentAll(first, readers: 1);
        Assert.Null(second.TryRent(100, readers: 1));
        first.Return(one);
        Assert.Null(first.TryRent(100, readers: 1));
        memory.ForgetWaiting();
        Assert.NotNull(first.TryRent(100, readers: 1));
    }

    [Fact]
    public void ReturnedBuffer_IsUsedAgain()
    {
        var share = new PieceMemoryShare(new PieceMemory(Limit));
        var buffer = share.TryRent(400, readers: 0)!;
        share.Return(buffer);
        Assert.Same(buffer, share.TryRent(400, readers: 0));
    }

    [Fact]
    public void IdleMemory_KeepsNothing()
    {
        var memory = new PieceMemory(Limit);
        var share = new PieceMemoryShare(memory);
        share.Return(share.TryRent(400, readers: 0)!);
        memory.Trim();
        Assert.Equal(400, memory.Kept);
        memory.Trim();
        Assert.Equal(0, memory.Kept);
    }

    [Fact]
    public void FirstPieceLargerThanTheLimit_IsGivenAndNotKept()
    {
        var memory = new PieceMemory(Limit);
        var share = new PieceMemoryShare(memory);
        share.Return(share.TryRent(2 * Limit, readers: 0)!);
        Assert.Equal(0, memory.Kept);
    }

    private static int RentAll(PieceMemoryShare share, int readers)
    {
        var count = 0;
        while (share.TryRent(100, readers) is not null)
        {
            count++;
        }
        return count;
    }
}
