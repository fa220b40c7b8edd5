using BttProxy.Devnet.Chain.Vm;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

/// <summary>Known sequences against java-tron's table, added up by hand.</summary>
public sealed class EnergyTests
{
    private static long Cost(Bytecode code) => VmWorld.Run(code).EnergyUsed;

    [Fact]
    public void Arithmetic_CostsByTier()
    {
        Assert.Equal(6 + 3, Cost(new Bytecode().Do(Operation.Add, 1, 2)));
        Assert.Equal(6 + 5, Cost(new Bytecode().Do(Operation.Mul, 1, 2)));
        Assert.Equal(9 + 8, Cost(new Bytecode().Do(Operation.MulMod, 1, 2, 3)));
        Assert.Equal(6 + 10, Cost(new Bytecode().Do(Operation.Exp, 2, 0)));
        Assert.Equal(6 + 10 + 20, Cost(new Bytecode().Do(Operation.Exp, 2, 256)));
        Assert.Equal(2 + 2, Cost(new Bytecode().All(Operation.Push0, Operation.Pop)));
    }

    [Fact]
    public void Memory_CostsByWordAndItsSquare()
    {
        Assert.Equal(3 + 1 + 3, Cost(new Bytecode().Do(Operation.MLoad, 0)));
        Assert.Equal(6 + 1 + 6, Cost(new Bytecode().Do(Operation.MStore, 1, 0)));
        Assert.Equal(6 + 1 + 3, Cost(new Bytecode().Do(Operation.MStore8, 31, 0)));
        Assert.Equal(3 + 1 + (3 * 1024) + (1024 * 1024 / 512), Cost(new Bytecode().Do(Operation.MLoad, 1023 * 32)));
        Assert.Equal(9 + 6 + 6, Cost(new Bytecode().Do(Operation.CallDataCopy, 0, 0, 33)));
        Assert.Equal(9 + 3 + 6 + 6, Cost(new Bytecode().Do(Operation.MCopy, 0, 0, 33)));
        Assert.Equal(6 + 30 + 12 + 6, Cost(new Bytecode().Do(Operation.Keccak256, 0, 33)));
        Assert.Equal(12 + 375 + (2 * 375) + (8 * 5) + 3, Cost(new Bytecode().Do(Operation.Log0 + 2, 0, 5, 1, 2)));
        Assert.Equal(6 + 3, Cost(new Bytecode().Do(Operation.Return, 0, 1)));
    }

    [Fact]
    public void OtherAccounts_CostTheSameWhetherTouchedBeforeOrNot()
    {
        Assert.Equal(2 * 23, Cost(new Bytecode().Do(Operation.Balance, 5).Do(Operation.Balance, 5)));
        Assert.Equal(23, Cost(new Bytecode().Do(Operation.ExtCodeSize, 5)));
        Assert.Equal(403, Cost(new Bytecode().Do(Operation.ExtCodeHash, 5)));
        Assert.Equal(5, Cost(new Bytecode().Do(Operation.SelfBalance)));
        Assert.Equal((6 * 3) + 40, Cost(new Bytecode().Do(Operation.StaticCall, 0, 0x9999, 0, 0, 0, 0)));
    }

    [Fact]
    public void Flow_CostsByTier()
    {
        Assert.Equal(3 + 8 + 1, Cost(new Bytecode().Do(Operation.Jump, 34).Do(Operation.JumpDest)));
        Assert.Equal(6 + 10, Cost(new Bytecode().Do(Operation.JumpI, 34, 0)));
        Assert.Equal(6 + 3, Cost(new Bytecode().Push(1).All(Operation.Dup1, Operation.Swap1)));
    }

    [Fact]
    public void OneLessThanNeeded_BurnsAllAndChangesNothing()
    {
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode().Store(1, 1));
        var short1 = world.Call(limit: 20_005);
        Assert.Equal((TvmStatus.OutOfEnergy, 20_005L), (short1.Status, short1.EnergyUsed));
        Assert.Empty(world.State.AllStorage());
        var enough = world.Call(limit: 20_006);
        Assert.Equal((TvmStatus.Success, 20_006L), (enough.Status, enough.EnergyUsed));
    }
}
