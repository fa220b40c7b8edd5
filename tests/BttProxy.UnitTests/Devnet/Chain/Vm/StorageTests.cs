using BttProxy.Devnet.Chain.Vm;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

public sealed class StorageTests
{
    private const long TwoPushes = 6;

    private static long Cost(VmWorld world, Bytecode code) => world.Put(VmWorld.Contract, code).Call().EnergyUsed;

    [Fact]
    public void Write_LastsAndIsRead()
    {
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode().Store(1, 42));
        Assert.True(world.Call().IsSuccess);
        Assert.Equal((VmWorld.Contract, UInt256.One, (UInt256)42), Assert.Single(world.State.AllStorage()));
        Assert.Equal(42ul, VmWorld.Word(world.Put(VmWorld.Contract, new Bytecode().Do(Operation.SLoad, 1).Return()).Call()));
    }

    [Fact]
    public void Prices_AreThoseOfTron()
    {
        var world = new VmWorld();
        Assert.Equal(5_000 + TwoPushes, Cost(world, new Bytecode().Store(1, 0)));
        Assert.Equal(20_000 + TwoPushes, Cost(world, new Bytecode().Store(1, 1)));
        Assert.Equal(5_000 + TwoPushes, Cost(world, new Bytecode().Store(1, 1)));
        Assert.Equal(5_000 + TwoPushes, Cost(world, new Bytecode().Store(1, 0)));
        Assert.Equal(20_000 + TwoPushes, Cost(world, new Bytecode().Store(1, 1)));
        Assert.Equal(50 + 3, Cost(world, new Bytecode().Do(Operation.SLoad, 1)));
    }

    [Fact]
    public void SlotWrittenBeforeInTheTransaction_IsInUseEvenWithZero() =>
        Assert.Equal(5_000 + 5_000 + (2 * TwoPushes), Cost(new VmWorld(), new Bytecode().Store(1, 0).Store(1, 1)));

    [Fact]
    public void TransientStorage_EndsWithTheTransaction()
    {
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode().Do(Operation.TLoad, 1).Do(Operation.TStore, 1, 9)
            .Do(Operation.TLoad, 1).Do(Operation.Add).Return());
        Assert.Equal(9ul, VmWorld.Word(world.Call()));
        Assert.Equal(9ul, VmWorld.Word(world.Call()));
        Assert.Equal(100 + TwoPushes, Cost(world, new Bytecode().Do(Operation.TStore, 1, 9)));
        Assert.Equal(100 + 3, Cost(world, new Bytecode().Do(Operation.TLoad, 1)));
    }
}
