using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>What reads and writes memory: loads, copies, hashes, events, and the two ways to return data.</summary>
internal static class MemoryOperations
{
    public static TvmStatus Step(Execution execution, Frame frame, Operation operation) => operation switch
    {
        Operation.MLoad => Load(frame),
        Operation.MStore => Store(frame),
        Operation.MStore8 => StoreByte(frame),
        Operation.MCopy => Move(frame),
        Operation.Keccak256 => Hash(frame),
        Operation.CallDataCopy => Copy(frame, frame.CallData.Span),
        Operation.CodeCopy => Copy(frame, frame.Code.Bytes.Span),
        Operation.ExtCodeCopy => Copy(frame, execution.State.Code(frame.Pop().ToAddress()).Bytes.Span),
        Operation.ReturnDataCopy => CopyReturned(frame),
        Operation.Return => End(frame, TvmStatus.Success),
        Operation.Revert => End(frame, TvmStatus.Revert),
        _ => Log(execution, frame, operation - Operation.Log0),
    };

    private static TvmStatus Load(Frame frame)
    {
        var status = frame.Reach(frame.Peek(), UInt256.Bytes, 0, out var place, out var size);
        if (status == TvmStatus.None)
        {
            frame.Peek() = UInt256.FromBytes(frame.Memory.Span(place, size));
        }

        return status;
    }

    private static TvmStatus Store(Frame frame)
    {
        var (offset, word) = (frame.Pop(), frame.Pop());
        var status = frame.Reach(offset, UInt256.Bytes, 0, out var place, out var size);
        if (status == TvmStatus.None)
        {
            word.WriteBytes(frame.Memory.Span(place, size));
        }

        return status;
    }

    private static TvmStatus StoreByte(Frame frame)
    {
        var (offset, word) = (frame.Pop(), frame.Pop());
        var status = frame.Reach(offset, UInt256.One, 0, out var place, out var size);
        if (status == TvmStatus.None)
        {
            frame.Memory.Span(place, size)[0] = (byte)(word & 0xFF).AtMost(0xFF);
        }

        return status;
    }

    private static TvmStatus Move(Frame frame)
    {
        var (to, from, size) = (frame.Pop(), frame.Pop(), frame.Pop());
        // The further of the two ends decides; what remains for the other is free.
        var status = frame.Reach(to > from ? to : from, size, CopyPrice(size), out _, out _);
        if (status == TvmStatus.None)
        {
            var (target, source, length) = (to.AtMost(FrameMemory.Limit), from.AtMost(FrameMemory.Limit), size.AtMost(FrameMemory.Limit));
            frame.Memory.Span(source, length).CopyTo(frame.Memory.Span(target, length));
        }

        return status;
    }

    private static TvmStatus Hash(Frame frame)
    {
        var (offset, size) = (frame.Pop(), frame.Pop());
        var status = frame.Reach(offset, size, EnergyPrice.KeccakWord * Words(size), out var place, out var length);
        if (status == TvmStatus.None)
        {
            frame.Push(UInt256.FromBytes(Keccak256.Hash(frame.Memory.Span(place, length))));
        }

        return status;
    }

    private static TvmStatus Copy(Frame frame, ReadOnlySpan<byte> source)
    {
        var (to, from, size) = (frame.Pop(), frame.Pop(), frame.Pop());
        var status = frame.Reach(to, size, CopyPrice(size), out var place, out var length);
        if (status == TvmStatus.None)
        {
            frame.Memory.CopyPadded(source, from, place, length);
        }

        return status;
    }

    private static TvmStatus CopyReturned(Frame frame)
    {
        var (to, from, size) = (frame.Pop(), frame.Pop(), frame.Pop());
        var status = frame.Reach(to, size, CopyPrice(size), out var place, out var length);
        if (status != TvmStatus.None)
        {
            return status;
        }

        // Here, unlike elsewhere, there are no zeros past the end (EIP-211).
        var returned = frame.ReturnData.Span;
        if (!from.TryGetWithin(returned.Length, out var start) || length > returned.Length - start)
        {
            return TvmStatus.Unknown;
        }

        returned.Slice((int)start, (int)length).CopyTo(frame.Memory.Span(place, length));
        return TvmStatus.None;
    }

    private static TvmStatus End(Frame frame, TvmStatus end)
    {
        var (offset, size) = (frame.Pop(), frame.Pop());
        var status = frame.Reach(offset, size, 0, out var place, out var length);
        if (status != TvmStatus.None)
        {
            return status;
        }

        frame.Output = frame.Memory.Span(place, length).ToArray();
        return end;
    }

    private static TvmStatus Log(Execution execution, Frame frame, int topics)
    {
        var (offset, size) = (frame.Pop(), frame.Pop());
        var status = frame.Reach(offset, size, EnergyPrice.LogByte * size.AtMost(FrameMemory.Limit), out var place, out var length);
        if (status != TvmStatus.None)
        {
            return status;
        }

        if (frame.IsStatic)
        {
            return TvmStatus.Unknown;
        }

        var words = new Bytes32[topics];
        for (var i = 0; i < topics; i++)
        {
            words[i] = frame.Pop().ToBytes32();
        }

        execution.Add(new TvmLog(frame.Address, words, frame.Memory.Span(place, length).ToArray()));
        return TvmStatus.None;
    }

    private static long CopyPrice(UInt256 size) => EnergyPrice.CopyWord * Words(size);

    // What is larger than memory can be fails before its price matters.
    private static long Words(UInt256 size) => WordArithmetic.Words(size.AtMost(FrameMemory.Limit));
}
