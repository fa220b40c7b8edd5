using BttProxy.Devnet.Chain.Vm;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

public sealed class FlowTests
{
    [Fact]
    public void EndOfTheCode_IsSuccessWithoutOutput()
    {
        var result = VmWorld.Run(new Bytecode().Push(1));
        Assert.Equal((TvmStatus.Success, 0), (result.Status, result.Output.Length));
    }

    [Fact]
    public void Push_PastTheEndOfTheCode_ReadsZeros()
    {
        var code = new ContractCode(new byte[] { (byte)Operation.Push1 + 1, 0xAB });
        var frame = new Frame
        {
            Code = code, Address = VmWorld.Contract, Caller = VmWorld.Sender, IsStatic = false, Depth = 0, Energy = 10, Position = 1,
        };
        FlowOperations.Push(frame, 2, code.Bytes.Span);
        Assert.Equal(0xAB00ul, frame.Pop());
    }

    [Fact]
    public void Push0_IsZero() => Assert.Equal(UInt256.Zero, VmWorld.Word(new Bytecode().Do(Operation.Push0)));

    [Fact]
    public void Jump_ToADestination_Lands() =>
        Assert.Equal(9ul, VmWorld.Word(new Bytecode().Do(Operation.Jump, 36).Raw(0xFE, 0xFE).Do(Operation.JumpDest).Push(9)));

    [Theory]
    [InlineData(1)]
    [InlineData(35)]
    [InlineData(1000)]
    public void Jump_Elsewhere_BurnsAll(int target)
    {
        // Position 1 is inside the argument of PUSH32, and made to look like a destination.
        var code = new Bytecode().Push((UInt256)(ulong)target | ((UInt256)0x5B << 248)).Push((ulong)target).Do(Operation.Jump)
            .Do(Operation.Stop);
        var result = VmWorld.Run(code);
        Assert.Equal((TvmStatus.BadJumpDestination, VmWorld.Limit), (result.Status, result.EnergyUsed));
    }

    [Fact]
    public void JumpIf_WithZero_GoesOn() =>
        Assert.Equal(5ul, VmWorld.Word(new Bytecode().Do(Operation.JumpI, 9999, 0).Push(5)));

    [Fact]
    public void JumpIf_WithAnythingElse_Jumps() =>
        Assert.Equal(5ul, VmWorld.Word(new Bytecode().Do(Operation.JumpI, 68, UInt256.MaxValue).Raw(0xFE).Do(Operation.JumpDest).Push(5)));

    [Fact]
    public void DupAndSwap_ReachSixteenDeep()
    {
        var code = new Bytecode();
        for (ulong i = 0; i < 17; i++)
        {
            code.Push(i);
        }

        Assert.Equal(1ul, VmWorld.Word(new Bytecode().Raw(code.ToArray()).Do(Operation.Dup16)));
        Assert.Equal(0ul, VmWorld.Word(new Bytecode().Raw(code.ToArray()).Do(Operation.Swap16)));
    }

    [Fact]
    public void Stack_HoldsOneThousandAndTwentyFourWords()
    {
        var full = new Bytecode().Push(0).All(Enumerable.Repeat(Operation.Dup1, 1023).ToArray());
        Assert.Equal(TvmStatus.Success, VmWorld.Run(full).Status);
        Assert.Equal(TvmStatus.StackTooLarge, VmWorld.Run(full.Do(Operation.Dup1)).Status);
    }

    [Fact]
    public void Operation_WithTooFewArguments_IsStackTooSmall() =>
        Assert.Equal(TvmStatus.StackTooSmall, VmWorld.Run(new Bytecode().Push(1).Do(Operation.Add)).Status);

    [Theory]
    [InlineData(0x0C)]
    [InlineData(0xD5)]
    [InlineData(0xFE)]
    public void ByteThatIsNoOperation_BurnsAll(int code)
    {
        var result = VmWorld.Run(new Bytecode().Raw((byte)code));
        Assert.Equal((TvmStatus.IllegalOperation, VmWorld.Limit), (result.Status, result.EnergyUsed));
    }

    [Fact]
    public void ProgramCounterAndEnergyLeft_AreTold()
    {
        Assert.Equal(33ul, VmWorld.Word(new Bytecode().Push(1).Do(Operation.Pc)));
        Assert.Equal((ulong)VmWorld.Limit - 2, VmWorld.Word(new Bytecode().Do(Operation.Gas)));
    }
}
