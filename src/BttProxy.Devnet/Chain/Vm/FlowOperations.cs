namespace BttProxy.Devnet.Chain.Vm;

/// <summary>Jumps, and constants of the code.</summary>
internal static class FlowOperations
{
    public static TvmStatus Jump(Frame frame)
    {
        if (!frame.Pop().TryGetWithin(int.MaxValue, out var position) || !frame.Code.IsDestination(position))
        {
            return TvmStatus.BadJumpDestination;
        }

        frame.Position = (int)position;
        return TvmStatus.None;
    }

    public static TvmStatus JumpIf(Frame frame)
    {
        if (!frame.Peek(1).IsZero)
        {
            var status = Jump(frame);
            frame.Pop();
            return status;
        }

        frame.Pop();
        frame.Pop();
        return TvmStatus.None;
    }

    /// <summary>Past the end of the code there are zeros.</summary>
    public static void Push(Frame frame, int bytes, ReadOnlySpan<byte> code)
    {
        var there = Math.Min(bytes, code.Length - frame.Position);
        frame.Push(UInt256.FromBytes(code.Slice(frame.Position, there)) << ((bytes - there) * 8));
        frame.Position += bytes;
    }

    public static void Swap(Frame frame, int below)
    {
        ref var top = ref frame.Peek();
        ref var other = ref frame.Peek(below);
        (top, other) = (other, top);
    }
}
