using BttProxy.Devnet.Chain.Vm;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

public sealed class CallTests
{
    private static readonly UInt256 Other = UInt256.FromAddress(VmWorld.Other);

    private static Bytecode CallOther(Operation operation, ulong value = 0, ulong energy = 200_000) =>
        operation is Operation.Call or Operation.CallCode
        ? new Bytecode().Do(operation, energy, Other, value, 0, 0, 0, 32)
        : new Bytecode().Do(operation, energy, Other, 0, 0, 0, 32);

    private static VmWorld World(Bytecode caller, Bytecode callee, TvmRules? rules = null) =>
        new VmWorld { Rules = rules ?? TvmRules.Mainnet }.Put(VmWorld.Contract, caller).Put(VmWorld.Other, callee);

    [Theory]
    [InlineData(nameof(Operation.Call), true, true)]
    [InlineData(nameof(Operation.CallCode), false, true)]
    [InlineData(nameof(Operation.DelegateCall), false, false)]
    public void Callee_WorksOnItsOwnOrTheCallersStorage(string name, bool own, bool isCalledByContract)
    {
        var operation = Enum.Parse<Operation>(name);
        var world = World(CallOther(operation), new Bytecode().Do(Operation.Caller).Push(1).Do(Operation.SStore)
            .Do(Operation.Address).Push(2).Do(Operation.SStore));
        Assert.True(world.Call().IsSuccess);
        var context = own ? VmWorld.Other : VmWorld.Contract;
        Assert.Equal(UInt256.FromAddress(isCalledByContract ? VmWorld.Contract : VmWorld.Sender), world.State.Storage(context, 1));
        Assert.Equal(UInt256.FromAddress(context), world.State.Storage(context, 2));
    }

    [Fact]
    public void DelegateCall_KeepsTheValue()
    {
        var world = World(CallOther(Operation.DelegateCall).Do(Operation.MLoad, 0).Return(), new Bytecode().Do(Operation.CallValue)
            .Return());
        Assert.Equal(77ul, VmWorld.Word(world.Call(value: 77)));
    }

    [Fact]
    public void Output_IsCutToWhatWasAsked_AndReturnDataHasAll()
    {
        var callee = new Bytecode().Do(Operation.MStore, 0, 1).Do(Operation.MStore, 32, 2).Do(Operation.Return, 0, 64);
        Assert.Equal(1ul, VmWorld.Word(World(CallOther(Operation.StaticCall).Do(Operation.MLoad, 0).Return(), callee).Call()));
        Assert.Equal(64ul, VmWorld.Word(World(CallOther(Operation.StaticCall).Do(Operation.ReturnDataSize).Return(), callee).Call()));
        Assert.Equal(2ul, VmWorld.Word(World(CallOther(Operation.StaticCall).Do(Operation.ReturnDataCopy, 0, 32, 32)
            .Do(Operation.MLoad, 0).Return(), callee).Call()));
        Assert.Equal(TvmStatus.Unknown, World(CallOther(Operation.StaticCall).Do(Operation.ReturnDataCopy, 0, 33, 32), callee)
            .Call().Status);
    }

    [Fact]
    public void RevertOfTheCallee_UndoesItsWorkOnly()
    {
        var caller = new Bytecode().Store(1, 1).Raw(CallOther(Operation.Call, value: 5).ToArray()).Push(2).Do(Operation.SStore)
            .Do(Operation.ReturnDataSize).Return();
        var world = World(caller, new Bytecode().Store(3, 3).Do(Operation.Log0, 0, 0).Push(1).Revert());
        var result = world.Call(value: 50);
        Assert.Equal(32ul, VmWorld.Word(result));
        Assert.Empty(result.Logs);
        Assert.Equal((UInt256.One, UInt256.Zero), (world.State.Storage(VmWorld.Contract, 1), world.State.Storage(VmWorld.Contract, 2)));
        Assert.Equal((UInt256.Zero, 50L, 0L), (world.State.Storage(VmWorld.Other, 3), world.State.Balance(VmWorld.Contract),
            world.State.Balance(VmWorld.Other)));
    }

    [Fact]
    public void FailureOfTheCallee_CostsAllThatItWasGiven()
    {
        var result = World(CallOther(Operation.Call, energy: 5_000).Return(), new Bytecode().Raw(0xFE)).Call();
        Assert.Equal(UInt256.Zero, VmWorld.Word(result));
        Assert.InRange(result.EnergyUsed, 5_040, 5_200);
    }

    [Fact]
    public void CalleeThatBurnsAll_LeavesNothing_UnlessACallerKeepsASixtyFourth()
    {
        var (caller, callee) = (CallOther(Operation.Call, energy: ulong.MaxValue).Store(1, 1), new Bytecode().Raw(0xFE));
        Assert.Equal(TvmStatus.OutOfEnergy, World(caller, callee).Call().Status);
        Assert.Equal(TvmStatus.Success, World(caller, callee, new TvmRules { KeepsOne64th = true }).Call().Status);
    }

    [Fact]
    public void Value_MovesAndCostsAndBringsAStipend()
    {
        var caller = new Bytecode().Do(Operation.Call, 0, Other, 9, 0, 0, 0, 32).Do(Operation.MLoad, 0).Return();
        var world = World(caller, new Bytecode().Do(Operation.Gas).Return());
        Assert.Equal(2_298ul, VmWorld.Word(world.Call(value: 9)));
        Assert.Equal((0L, 9L), (world.State.Balance(VmWorld.Contract), world.State.Balance(VmWorld.Other)));
    }

    [Fact]
    public void ValueToNobody_MakesAnAccount()
    {
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode().Do(Operation.Call, 0, 0x9999, 9, 0, 0, 0, 0));
        Assert.Equal((7 * 3) + 40 + 9_000 + 25_000 - 2_300, world.Call(value: 9).EnergyUsed);
        Assert.Equal(9, world.State.Balance(((UInt256)0x9999).ToAddress()));
    }

    [Fact]
    public void MoreThanTheContractHas_IsRefusedWithoutCost()
    {
        var result = World(new Bytecode().Do(Operation.Call, 1000, Other, 9, 0, 0, 0, 0).Return(), new Bytecode().Raw(0xFE)).Call();
        Assert.Equal(UInt256.Zero, VmWorld.Word(result));
        Assert.InRange(result.EnergyUsed, 9_040 - 2_300, 9_100 - 2_300);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TransferToItselfOrOfMoreThanThereIs_FailsAndKeepsTheRestOfTheEnergy(bool toItself)
    {
        var target = toItself ? UInt256.FromAddress(VmWorld.Contract) : Other;
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode()
            .Do(Operation.Call, 0, target, toItself ? 1 : UInt256.MaxValue, 0, 0, 0, 0));
        world.State.SetBalance(VmWorld.Other, 1);
        var result = world.Call(value: 5);
        Assert.Equal(TvmStatus.TransferFailed, result.Status);
        Assert.InRange(result.EnergyUsed, 6_000, 10_000);
        Assert.Equal(0, world.State.Balance(VmWorld.Contract));
    }

    [Theory]
    [InlineData(nameof(Operation.SStore))]
    [InlineData(nameof(Operation.TStore))]
    [InlineData(nameof(Operation.Log0))]
    [InlineData(nameof(Operation.Create))]
    [InlineData(nameof(Operation.Create2))]
    [InlineData(nameof(Operation.SelfDestruct))]
    [InlineData(nameof(Operation.Call))]
    public void StaticCall_MayNotChangeAnything(string name)
    {
        var change = new Bytecode().Do(Enum.Parse<Operation>(name), 1, 1, 1, 0, 0, 0, 0);
        var world = World(CallOther(Operation.StaticCall, energy: 100_000).Return(), change);
        world.State.SetBalance(VmWorld.Other, 100);
        Assert.Equal(0ul, VmWorld.Word(world.Call()));

        // What a static call calls is static too: here the result of an inner CALL is returned, in place of a changed state.
        var inner = new Bytecode().Do(Operation.Call, 50_000, UInt256.FromAddress(VmWorld.At(0xC3)), 0, 0, 0, 0, 0).Return();
        world.Put(VmWorld.Contract, CallOther(Operation.StaticCall).Do(Operation.MLoad, 0).Return()).Put(VmWorld.Other, inner)
            .Put(VmWorld.At(0xC3), change);
        Assert.Equal(0ul, VmWorld.Word(world.Call()));
    }

    [Fact]
    public void StaticCall_MayRead()
    {
        var world = World(CallOther(Operation.StaticCall).Return(), new Bytecode().Do(Operation.SLoad, 1)
            .Do(Operation.Call, 0, 0x9999, 0, 0, 0, 0, 0));
        Assert.Equal(1ul, VmWorld.Word(world.Call()));
    }

    [Fact]
    public void Calls_NestSixtyFourDeep()
    {
        // Each call counts one up in the storage and calls itself; the innermost one is refused.
        var self = new Bytecode().Do(Operation.SLoad, 0).Push(1).Do(Operation.Add).Push(0).Do(Operation.SStore)
            .Push(0).Push(0).Push(0).Push(0).Push(0).Push(VmWorld.Contract).Do(Operation.Gas).Do(Operation.Call);
        var world = new VmWorld().Put(VmWorld.Contract, self);
        Assert.True(world.Call().IsSuccess);
        Assert.Equal(65ul, world.State.Storage(VmWorld.Contract, 0));
    }
}
