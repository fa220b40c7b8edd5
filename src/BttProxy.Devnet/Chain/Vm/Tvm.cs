namespace BttProxy.Devnet.Chain.Vm;

/// <summary>
/// A TRON virtual machine: what a transaction does to a state. Bandwidth, fees, who pays for the energy and the 80 ms of
/// processor time that a transaction may take on TRON are the chain's affair.
/// </summary>
internal static class Tvm
{
    /// <summary>Executes a message; the state is changed only if it succeeds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An amount or the limit is negative, which no transaction may say.</exception>
    public static TvmResult Execute(TvmMessage message, TvmState state, TvmBlock block, TvmRules? rules = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(message.EnergyLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(message.CallValue);
        ArgumentOutOfRangeException.ThrowIfNegative(message.TokenValue);
        ArgumentOutOfRangeException.ThrowIfNegative(message.TokenId);
        var execution = new Execution(message, state, block, rules ?? TvmRules.Mainnet);
        var frame = NewFrame(message, state);
        var moment = execution.Moment;
        var status = message.To is null
            ? CreateOperations.Construct(execution, frame, message.CallValue, message.TokenId, message.TokenValue)
            : Call(execution, frame, message);
        var succeeded = status == TvmStatus.Success;
        if (!succeeded)
        {
            execution.GoBack(moment);
        }

        state.EndTransaction();
        var keepsRest = succeeded || status is TvmStatus.Revert or TvmStatus.TransferFailed;
        return new TvmResult
        {
            Status = status,
            Output = succeeded || status == TvmStatus.Revert ? frame.Output : default,
            EnergyUsed = keepsRest ? message.EnergyLimit - frame.Energy : message.EnergyLimit,
            Logs = succeeded ? execution.Logs : [],
            CreatedAddress = succeeded && message.To is null ? frame.Address : null,
        };
    }

    /// <summary>A constant call: what a message would give, without any effect.</summary>
    public static TvmResult Call(TvmMessage message, TvmState state, TvmBlock block, TvmRules? rules = null) =>
        Execute(message, state.Fork(), block, rules);

    private static TvmStatus Call(Execution execution, Frame frame, TvmMessage message)
    {
        var state = execution.State;
        state.Create(frame.Address);
        var moved = (message.CallValue == 0 || state.TryMove(frame.Caller, frame.Address, message.CallValue))
            && (message.TokenValue == 0 || state.TryMoveToken(frame.Caller, frame.Address, message.TokenId, message.TokenValue));
        return moved ? Interpreter.Run(execution, frame) : TvmStatus.TransferFailed;
    }

    private static Frame NewFrame(TvmMessage message, TvmState state)
    {
        var isCall = message.To is not null;
        return new Frame
        {
            Code = isCall ? state.Code(message.To!.Value) : new ContractCode(message.Data),
            Address = message.To ?? ContractAddresses.Deployed(message.TransactionId, message.Caller),
            Caller = message.Caller,
            CallData = isCall ? message.Data : ReadOnlyMemory<byte>.Empty,
            CallValue = (ulong)message.CallValue,
            TokenValue = (ulong)message.TokenValue,
            TokenId = (ulong)message.TokenId,
            IsStatic = false,
            Depth = 0,
            Energy = message.EnergyLimit,
        };
    }
}
