namespace BttProxy.Devnet.Chain.Vm;

/// <summary>Runs the code of a frame, operation by operation.</summary>
internal static class Interpreter
{
    public static TvmStatus Run(Execution execution, Frame frame)
    {
        var code = frame.Code.Bytes.Span;
        while (true)
        {
            var operation = frame.Position < code.Length ? (Operation)code[frame.Position] : Operation.Stop;
            ref readonly var entry = ref OperationTable.Of(operation);
            var status =
                !entry.IsDefined ? TvmStatus.IllegalOperation
                : frame.StackSize < entry.Pops ? TvmStatus.StackTooSmall
                : frame.StackSize - entry.Pops + entry.Pushes > Frame.StackLimit ? TvmStatus.StackTooLarge
                : !frame.TryPay(entry.Energy) ? TvmStatus.OutOfEnergy
                : Step(execution, frame, operation, code);
            if (status != TvmStatus.None)
            {
                return status;
            }
        }
    }

    private static TvmStatus Step(Execution execution, Frame frame, Operation operation, ReadOnlySpan<byte> code)
    {
        frame.Position++;
        switch (operation)
        {
            case Operation.Stop:
                return TvmStatus.Success;
            case Operation.JumpDest:
                return TvmStatus.None;
            case Operation.Pop:
                frame.Pop();
                return TvmStatus.None;
            case Operation.Jump:
                return FlowOperations.Jump(frame);
            case Operation.JumpI:
                return FlowOperations.JumpIf(frame);
            case >= Operation.Push0 and <= Operation.Push32:
                FlowOperations.Push(frame, operation - Operation.Push0, code);
                return TvmStatus.None;
            case >= Operation.Dup1 and <= Operation.Dup16:
                frame.Push(frame.Peek(operation - Operation.Dup1));
                return TvmStatus.None;
            case >= Operation.Swap1 and <= Operation.Swap16:
                FlowOperations.Swap(frame, operation - Operation.Swap1 + 1);
                return TvmStatus.None;
            case >= Operation.Add and <= Operation.Sar:
                return ArithmeticOperations.Step(frame, operation);
            case Operation.Keccak256 or Operation.MLoad or Operation.MStore or Operation.MStore8 or Operation.MCopy or Operation.Return
                or Operation.Revert or Operation.CallDataCopy or Operation.CodeCopy or Operation.ReturnDataCopy or Operation.ExtCodeCopy
                or (>= Operation.Log0 and <= Operation.Log4):
                return MemoryOperations.Step(execution, frame, operation);
            case Operation.SLoad or Operation.SStore or Operation.TLoad or Operation.TStore:
                return StorageOperations.Step(execution, frame, operation);
            case Operation.Call or Operation.CallCode or Operation.DelegateCall or Operation.StaticCall or Operation.CallToken:
                return CallOperations.Call(execution, frame, operation);
            case Operation.Create or Operation.Create2:
                return CreateOperations.Create(execution, frame, operation);
            case Operation.SelfDestruct:
                return CreateOperations.Destroy(execution, frame);
            default:
                return EnvironmentOperations.Step(execution, frame, operation);
        }
    }
}
