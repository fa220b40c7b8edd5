using System.Buffers.Binary;
using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

public sealed class CreateTests
{
    private static readonly Bytes32 TransactionId = new([.. new byte[31], 7]);

    // 5 bytes: returns one zero byte (STOP) as code.
    private static readonly byte[] StopConstructor = [0x60, 0x01, 0x60, 0x00, 0xF3];

    private static Bytecode Creating(byte[] constructor, bool twice = false, UInt256? salt = null, ulong value = 0)
    {
        var code = new Bytecode();
        for (var i = 0; i < (twice ? 2 : 1); i++)
        {
            code.Do(Operation.MStore, 0, UInt256.FromBytes(constructor) << (8 * (32 - constructor.Length)));
            if (salt is { } word)
            {
                code.Do(Operation.Create2, value, 0, (ulong)constructor.Length, word);
            }
            else
            {
                code.Do(Operation.Create, value, 0, (ulong)constructor.Length);
            }
        }

        return code;
    }

    private static TronAddress Nth(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return new TronAddress(Keccak256.Hash([.. TransactionId.Span, .. bytes]).Span[^20..]);
    }

    [Fact]
    public void Create_StandsAtTransactionAndNumber()
    {
        var world = new VmWorld().Put(VmWorld.Contract, Creating(StopConstructor, twice: true).Return());
        Assert.Equal(UInt256.FromAddress(Nth(1)), VmWorld.Word(world.Call()));
        Assert.Equal([0x00], world.State.Code(Nth(0)).Bytes.ToArray());
        Assert.Equal([0x00], world.State.Code(Nth(1)).Bytes.ToArray());
    }

    [Fact]
    public void Create2_StandsAtCreatorSaltAndCode()
    {
        var expected = Keccak256.Hash([0x41, .. VmWorld.Contract.Span, .. ((UInt256)5).ToBytes32().Span,
            .. Keccak256.Hash(StopConstructor).Span]);
        var world = new VmWorld().Put(VmWorld.Contract, Creating(StopConstructor, salt: 5).Return());
        Assert.Equal(UInt256.FromAddress(new TronAddress(expected.Span[^20..])), VmWorld.Word(world.Call()));
    }

    [Fact]
    public void Create2_WhereAContractStands_FailsAndBurns()
    {
        var world = new VmWorld { Rules = new TvmRules { KeepsOne64th = true } }.Put(VmWorld.Contract, Creating(StopConstructor,
            salt: 5).Return());
        Assert.NotEqual(UInt256.Zero, VmWorld.Word(world.Call()));
        var again = world.Call();
        Assert.Equal(UInt256.Zero, VmWorld.Word(again));
        Assert.True(again.EnergyUsed > VmWorld.Limit / 2);
    }

    [Fact]
    public void Energy_IsForTheConstructorAndEachByteOfCode()
    {
        var energy = new VmWorld().Put(VmWorld.Contract, Creating(StopConstructor)).Call().EnergyUsed;
        const int Memory = 3 + 1;
        Assert.Equal(6 + Memory + 9 + 32_000 + 6 + 3 + 200, energy);
    }

    [Fact]
    public void RevertingConstructor_GivesZeroAndItsReason()
    {
        byte[] constructor = [0x60, 0x07, 0x60, 0x00, 0xFD];
        var world = new VmWorld().Put(VmWorld.Contract, Creating(constructor, value: 3).Do(Operation.ReturnDataSize)
            .Do(Operation.Add).Return());
        Assert.Equal(7ul, VmWorld.Word(world.Call(value: 3)));
        Assert.Equal((3L, false), (world.State.Balance(VmWorld.Contract), world.State.Exists(Nth(0))));
    }

    [Fact]
    public void CodeThatStartsWithReservedByte_IsRefused()
    {
        var result = new VmWorld().Deploy(Bytecode.Constructor([0xEF, 0x00]));
        Assert.Equal((TvmStatus.InvalidCode, VmWorld.Limit), (result.Status, result.EnergyUsed));
    }

    [Fact]
    public void Deployment_PaysForItsCode()
    {
        var constructor = Bytecode.Constructor(new byte[100]);
        var used = new VmWorld().Deploy(constructor).EnergyUsed;
        Assert.InRange(used, 20_000, 20_100);
        Assert.Equal(TvmStatus.OutOfEnergy, new VmWorld().Deploy(constructor, limit: used - 1).Status);
        Assert.Equal(TvmStatus.Success, new VmWorld().Deploy(constructor, limit: used).Status);
    }

    [Fact]
    public void SelfDestruct_LeavesAllToTheHeir_AndTheAddressFree()
    {
        var heir = UInt256.FromAddress(VmWorld.Other);
        var world = new VmWorld().Put(VmWorld.Other, new Bytecode()).Put(VmWorld.Contract, new Bytecode().Store(1, 1)
            .Do(Operation.SelfDestruct, heir));
        world.State.SetTokenBalance(VmWorld.Contract, 1_000_002, 6);
        Assert.True(world.Call(value: 40).IsSuccess);
        Assert.Equal((40L, 6L), (world.State.Balance(VmWorld.Other), world.State.TokenBalance(VmWorld.Other, 1_000_002)));
        Assert.Equal((false, UInt256.Zero), (world.State.Exists(VmWorld.Contract), world.State.Storage(VmWorld.Contract, 1)));
        Assert.Empty(world.State.AllStorage());
    }

    [Fact]
    public void SelfDestruct_ToNobody_CostsANewAccount()
    {
        Assert.Equal(25_003, new VmWorld().Put(VmWorld.Contract, new Bytecode().Do(Operation.SelfDestruct, 0x9999)).Call().EnergyUsed);
        Assert.Equal(3, new VmWorld().Put(VmWorld.Contract, new Bytecode()
            .Do(Operation.SelfDestruct, UInt256.FromAddress(VmWorld.Sender))).Call().EnergyUsed);
    }

    [Fact]
    public void SelfDestructInARevertedCall_DoesNotHappen()
    {
        var callee = new Bytecode().Do(Operation.DelegateCall, 100_000, UInt256.FromAddress(VmWorld.At(0xC3)), 0, 0, 0, 0).Revert();
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode()
            .Do(Operation.Call, 200_000, UInt256.FromAddress(VmWorld.Other), 0, 0, 0, 0, 0))
            .Put(VmWorld.Other, callee).Put(VmWorld.At(0xC3), new Bytecode()
                .Do(Operation.SelfDestruct, UInt256.FromAddress(VmWorld.Sender)));
        Assert.True(world.Call().IsSuccess);
        Assert.True(world.State.Exists(VmWorld.Other));
    }
}
