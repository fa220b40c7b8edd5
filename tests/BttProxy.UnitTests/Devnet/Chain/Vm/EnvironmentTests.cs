using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

public sealed class EnvironmentTests
{
    private static UInt256 Ask(Operation operation) => VmWorld.Word(new Bytecode().Do(operation));

    [Fact]
    public void CallAndBlock_AreTold()
    {
        Assert.Equal(UInt256.FromAddress(VmWorld.Contract), Ask(Operation.Address));
        Assert.Equal(UInt256.FromAddress(VmWorld.Sender), Ask(Operation.Caller));
        Assert.Equal(UInt256.FromAddress(VmWorld.Sender), Ask(Operation.Origin));
        Assert.Equal(UInt256.FromAddress(VmWorld.At(0xBB)), Ask(Operation.Coinbase));
        Assert.Equal(1_700_000_000ul, Ask(Operation.Timestamp));
        Assert.Equal(1000ul, Ask(Operation.Number));
        Assert.Equal(0x2b6653dcul, Ask(Operation.ChainId));
        Assert.Equal(100ul, Ask(Operation.BaseFee));
    }

    [Fact]
    public void WhatTronHasNot_IsZero()
    {
        Assert.Equal(UInt256.Zero, Ask(Operation.GasPrice));
        Assert.Equal(UInt256.Zero, Ask(Operation.GasLimit));
        Assert.Equal(UInt256.Zero, Ask(Operation.Difficulty));
    }

    [Fact]
    public void NegativeAmounts_AreNoMessage()
    {
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode().Push(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Call(value: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Call(tokenValue: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Call(limit: -1));
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(744, true)]
    [InlineData(743, false)]
    [InlineData(1000, false)]
    public void BlockHash_IsKnownForTheLast256(int number, bool known) =>
        Assert.Equal(known, !VmWorld.Word(new Bytecode().Do(Operation.BlockHash, (ulong)number)).IsZero);

    [Fact]
    public void Balances_AreInSun()
    {
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode().Do(Operation.SelfBalance).Return());
        Assert.Equal(123ul, VmWorld.Word(world.Call(value: 123)));
        world.Put(VmWorld.Contract, new Bytecode().Do(Operation.CallValue).Return());
        Assert.Equal(7ul, VmWorld.Word(world.Call(value: 7)));
        world.Put(VmWorld.Contract, new Bytecode().Do(Operation.Balance, UInt256.FromAddress(VmWorld.Sender)).Return());
        Assert.Equal(999_999_870ul, VmWorld.Word(world.Call()));
    }

    [Fact]
    public void MoreThanTheSenderHas_FailsWithoutCost()
    {
        var result = new VmWorld().Put(VmWorld.Contract, new Bytecode().Push(1)).Call(value: 2_000_000_000);
        Assert.Equal((TvmStatus.TransferFailed, 0), (result.Status, result.EnergyUsed));
    }

    [Fact]
    public void IsContract_TellsContractsFromAccounts()
    {
        Assert.Equal(1ul, VmWorld.Word(new Bytecode().Do(Operation.IsContract, UInt256.FromAddress(VmWorld.Contract))));
        Assert.Equal(UInt256.Zero, VmWorld.Word(new Bytecode().Do(Operation.IsContract, UInt256.FromAddress(VmWorld.Sender))));
    }

    [Fact]
    public void ConstantCall_LeavesNoTrace()
    {
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode().Store(1, 2).Push(3).Return());
        var message = new TvmMessage { Caller = VmWorld.Sender, To = VmWorld.Contract, EnergyLimit = 100_000, CallValue = 5 };
        Assert.Equal(3ul, VmWorld.Word(Tvm.Call(message, world.State, VmWorld.Block)));
        Assert.Equal((UInt256.Zero, 0L), (world.State.Storage(VmWorld.Contract, 1), world.State.Balance(VmWorld.Contract)));
    }

    [Fact]
    public void Deployment_StandsWhereTronPutsIt()
    {
        var (id, owner) = (new Bytes32([.. new byte[31], 7]), VmWorld.Sender);
        var world = new VmWorld();
        var result = world.Deploy(Bytecode.Constructor([0x60, 0x05, 0x00]));
        var expected = new TronAddress(Keccak256.Hash([.. id.Span, 0x41, .. owner.Span]).Span[^20..]);
        Assert.Equal((TvmStatus.Success, expected), (result.Status, result.CreatedAddress!.Value));
        Assert.Equal([0x60, 0x05, 0x00], world.State.Code(expected).Bytes.ToArray());
    }
}
