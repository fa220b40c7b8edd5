using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

public sealed class MemoryTests
{
    private static readonly byte[] Data = [.. Enumerable.Range(1, 40).Select(i => (byte)i)];

    [Fact]
    public void StoredWord_IsLoaded_AndMemoryGrowsInWords()
    {
        Assert.Equal(77ul, VmWorld.Word(new Bytecode().Do(Operation.MStore, 5, 77).Do(Operation.MLoad, 5)));
        Assert.Equal(64ul, VmWorld.Word(new Bytecode().Do(Operation.MStore, 5, 77).Do(Operation.MSize)));
    }

    [Fact]
    public void StoredByte_IsTheLowest() =>
        Assert.Equal((UInt256)0xCD << 248, VmWorld.Word(new Bytecode().Do(Operation.MStore8, 0, 0xABCD).Do(Operation.MLoad, 0)));

    [Fact]
    public void CallData_IsReadWithZerosBehind()
    {
        Assert.Equal(UInt256.FromBytes(Data.AsSpan(8, 32)), VmWorld.Word(new Bytecode().Do(Operation.CallDataLoad, 8), Data));
        Assert.Equal(UInt256.FromBytes(Data.AsSpan(32)) << 192, VmWorld.Word(new Bytecode().Do(Operation.CallDataLoad, 32), Data));
        Assert.Equal(UInt256.Zero, VmWorld.Word(new Bytecode().Do(Operation.CallDataLoad, UInt256.MaxValue), Data));
        Assert.Equal(40ul, VmWorld.Word(new Bytecode().Do(Operation.CallDataSize), Data));
        var copied = new Bytecode().Do(Operation.MStore, 0, UInt256.MaxValue).Do(Operation.CallDataCopy, 0, 32, 32).Do(Operation.MLoad, 0);
        Assert.Equal(UInt256.FromBytes(Data.AsSpan(32)) << 192, VmWorld.Word(copied, Data));
    }

    [Fact]
    public void Code_IsCopied()
    {
        var code = new Bytecode().Do(Operation.CodeCopy, 0, 1, 32).Do(Operation.MLoad, 0);
        Assert.Equal(32ul, VmWorld.Word(code));
        Assert.Equal(1ul + 33 + 1 + 33 + 33 + 1, VmWorld.Word(new Bytecode().Do(Operation.CodeSize)));
    }

    [Fact]
    public void CodeOfAnother_IsCopiedMeasuredAndHashed()
    {
        byte[] code = [0x60, 0x01, 0x00];
        var other = UInt256.FromAddress(VmWorld.Other);
        UInt256 Ask(Bytecode question) => VmWorld.Word(new VmWorld().Put(VmWorld.Other, new Bytecode().Raw(code))
            .Put(VmWorld.Contract, question.Return()).Call());

        Assert.Equal(3ul, Ask(new Bytecode().Do(Operation.ExtCodeSize, other)));
        Assert.Equal(UInt256.FromBytes(Keccak256.Hash(code)), Ask(new Bytecode().Do(Operation.ExtCodeHash, other)));
        Assert.Equal((UInt256)0x0100 << 240, Ask(new Bytecode().Do(Operation.ExtCodeCopy, other, 0, 1, 9).Do(Operation.MLoad, 0)));
        Assert.Equal(UInt256.Zero, Ask(new Bytecode().Do(Operation.ExtCodeHash, 0x9999)));
        Assert.Equal(UInt256.FromBytes(Keccak256.Hash([])), Ask(new Bytecode()
            .Do(Operation.ExtCodeHash, UInt256.FromAddress(VmWorld.Sender))));
    }

    [Fact]
    public void Hash_IsKeccak() => Assert.Equal(
        UInt256.FromBytes(Keccak256.Hash([.. new byte[31], 9])), VmWorld.Word(new Bytecode().Do(Operation.MStore, 0, 9)
            .Do(Operation.Keccak256, 0, 32)));

    [Theory]
    [InlineData(32, 0)]
    [InlineData(0, 8)]
    [InlineData(8, 0)]
    public void Copy_WithinMemory_MayOverlap(ulong to, ulong from)
    {
        var code = new Bytecode().Do(Operation.CallDataCopy, 0, 0, 40).Do(Operation.MCopy, to, from, 24).Do(Operation.Return, 0, 64);
        var expected = new byte[64];
        Data.CopyTo(expected, 0);
        expected.AsSpan((int)from, 24).ToArray().CopyTo(expected, (int)to);
        Assert.Equal(expected, VmWorld.Run(code, Data).Output.ToArray());
    }

    [Fact]
    public void Memory_EndsAtThreeMebibytes()
    {
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode().Do(Operation.MStore8, FrameMemory.Limit - 1, 1));
        Assert.Equal(TvmStatus.Success, world.Call(limit: 100_000_000).Status);
        world.Put(VmWorld.Contract, new Bytecode().Do(Operation.MStore8, FrameMemory.Limit, 1));
        Assert.Equal(TvmStatus.OutOfMemory, world.Call(limit: 100_000_000).Status);
        world.Put(VmWorld.Contract, new Bytecode().Do(Operation.CallDataCopy, UInt256.MaxValue, 0, 1));
        Assert.Equal(TvmStatus.OutOfMemory, world.Call(limit: 100_000_000).Status);
        world.Put(VmWorld.Contract, new Bytecode().Do(Operation.CallDataCopy, UInt256.MaxValue, 0, 0));
        Assert.Equal(TvmStatus.Success, world.Call(limit: 100_000_000).Status);
    }

    [Fact]
    public void Events_CarryTopicsAndData()
    {
        var log = Assert.Single(VmWorld.Run(new Bytecode().Do(Operation.MStore, 0, 0xDA).Do(Operation.Log0 + 2, 31, 1, 5, 6)).Logs);
        Assert.Equal((VmWorld.Contract, 2, 0xDA), (log.Address, log.Topics.Count, Assert.Single(log.Data.ToArray())));
        Assert.Equal([5, 6], log.Topics.Select(topic => (int)topic.Span[^1]));
    }

    [Fact]
    public void Revert_GivesItsReasonAndForgetsEventsAndWrites()
    {
        var world = new VmWorld().Put(VmWorld.Contract, new Bytecode().Store(1, 2).Do(Operation.Log0, 0, 0).Push(0xBAD).Revert());
        var result = world.Call();
        Assert.Equal((TvmStatus.Revert, 0), (result.Status, result.Logs.Count));
        Assert.Equal(0xBADul, UInt256.FromBytes(result.Output.Span));
        Assert.True(result.EnergyUsed is > 20_000 and < 21_500);
        Assert.Equal(UInt256.Zero, world.State.Storage(VmWorld.Contract, 1));
    }
}
