using BttProxy.Devnet.Chain.Vm;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

/// <summary>TRC-10 tokens in contracts: operations 0xD0 to 0xD4.</summary>
public sealed class TokenTests
{
    private const long Btt = 1_002_000;

    private static readonly UInt256 Other = UInt256.FromAddress(VmWorld.Other);

    private static VmWorld World(Bytecode contract)
    {
        var world = new VmWorld().Put(VmWorld.Contract, contract).Put(VmWorld.Other, new Bytecode());
        world.State.SetTokenBalance(VmWorld.Sender, Btt, 1_000);
        return world;
    }

    private static Bytecode Send(UInt256 amount, UInt256 id, UInt256? to = null) =>
        new Bytecode().Do(Operation.CallToken, 0, to ?? Other, amount, id, 0, 0, 0, 0);

    [Fact]
    public void AttachedToken_IsSeenAndHeld()
    {
        Assert.Equal(400ul, VmWorld.Word(World(new Bytecode().Do(Operation.CallTokenValue).Return()).Call(tokenId: Btt, tokenValue: 400)));
        Assert.Equal((ulong)Btt, VmWorld.Word(World(new Bytecode().Do(Operation.CallTokenId).Return())
            .Call(tokenId: Btt, tokenValue: 400)));
        var balance = new Bytecode().Do(Operation.TokenBalance, (ulong)Btt, UInt256.FromAddress(VmWorld.Contract)).Return();
        Assert.Equal(400ul, VmWorld.Word(World(balance).Call(tokenId: Btt, tokenValue: 400)));
    }

    [Fact]
    public void Contract_SendsATokenOn()
    {
        var world = World(Send(150, (ulong)Btt).Return());
        Assert.Equal(1ul, VmWorld.Word(world.Call(tokenId: Btt, tokenValue: 400)));
        Assert.Equal((250L, 150L), (world.State.TokenBalance(VmWorld.Contract, Btt), world.State.TokenBalance(VmWorld.Other, Btt)));
        Assert.Equal((0L, 0L), (world.State.Balance(VmWorld.Contract), world.State.Balance(VmWorld.Other)));
    }

    [Fact]
    public void Callee_SeesTheTokenAndNoTrx_AndItsDelegateNeither()
    {
        var sees = new Bytecode().All(Operation.CallTokenValue, Operation.CallTokenId, Operation.CallValue, Operation.Add,
            Operation.Add).Return();
        var caller = new Bytecode().Do(Operation.CallToken, 100_000, Other, 5, (ulong)Btt, 0, 0, 0, 32).Do(Operation.MLoad, 0).Return();
        Assert.Equal((ulong)Btt + 5, VmWorld.Word(World(caller).Put(VmWorld.Other, sees).Call(tokenId: Btt, tokenValue: 400)));
        var delegating = new Bytecode().Do(Operation.DelegateCall, 100_000, UInt256.FromAddress(VmWorld.At(0xC3)), 0, 0, 0, 32)
            .Do(Operation.MLoad, 0).Return();
        Assert.Equal(UInt256.Zero, VmWorld.Word(World(caller).Put(VmWorld.Other, delegating).Put(VmWorld.At(0xC3), sees)
            .Call(tokenId: Btt, tokenValue: 400)));
    }

    [Fact]
    public void MoreThanTheContractHas_IsRefused()
    {
        var world = World(Send(401, (ulong)Btt).Return());
        Assert.Equal(UInt256.Zero, VmWorld.Word(world.Call(tokenId: Btt, tokenValue: 400)));
        Assert.Equal(400, world.State.TokenBalance(VmWorld.Contract, Btt));
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1_000_000ul)]
    [InlineData(ulong.MaxValue)]
    public void IdThatNoTokenHas_Fails(ulong id)
    {
        Assert.Equal(TvmStatus.TransferFailed, World(Send(0, id)).Call().Status);
        var asked = World(new Bytecode().Do(Operation.TokenBalance, id, Other)).Call();
        Assert.Equal(id == ulong.MaxValue ? TvmStatus.TransferFailed : TvmStatus.Unknown, asked.Status);
    }

    [Fact]
    public void Token_ToItselfOrInAStaticCall_Fails()
    {
        Assert.Equal(TvmStatus.TransferFailed, World(Send(5, (ulong)Btt, UInt256.FromAddress(VmWorld.Contract)))
            .Call(tokenId: Btt, tokenValue: 400).Status);
        var world = World(new Bytecode().Do(Operation.StaticCall, 100_000, Other, 0, 0, 0, 0).Return())
            .Put(VmWorld.Other, Send(1, (ulong)Btt, UInt256.FromAddress(VmWorld.Sender)));
        world.State.SetTokenBalance(VmWorld.Other, Btt, 10);
        Assert.Equal(UInt256.Zero, VmWorld.Word(world.Call()));
    }

    [Fact]
    public void RevertedTransfer_ComesBack()
    {
        var world = World(new Bytecode().Do(Operation.CallToken, 100_000, Other, 5, (ulong)Btt, 0, 0, 0, 0).Return())
            .Put(VmWorld.Other, new Bytecode().Push(1).Revert());
        Assert.Equal(UInt256.Zero, VmWorld.Word(world.Call(tokenId: Btt, tokenValue: 400)));
        Assert.Equal((400L, 0L), (world.State.TokenBalance(VmWorld.Contract, Btt), world.State.TokenBalance(VmWorld.Other, Btt)));
    }

    [Fact]
    public void Prices_AreThoseOfCallsAndBalances()
    {
        Assert.Equal((8 * 3) + 40 + 9_000 - 2_300, World(Send(1, (ulong)Btt)).Call(tokenId: Btt, tokenValue: 400).EnergyUsed);
        Assert.Equal((2 * 3) + 20, World(new Bytecode().Do(Operation.TokenBalance, (ulong)Btt, Other)).Call().EnergyUsed);
        Assert.Equal(2 + 2, World(new Bytecode().All(Operation.CallTokenValue, Operation.CallTokenId)).Call().EnergyUsed);
    }
}
