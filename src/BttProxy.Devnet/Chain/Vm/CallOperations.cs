namespace BttProxy.Devnet.Chain.Vm;

/// <summary>CALL and its kin, and TRON's CALLTOKEN, which sends a TRC-10 token where CALL sends TRX.</summary>
internal static class CallOperations
{
    /// <summary>Calls within calls; at the limit a call fails without a cost (java-tron's MAX_DEPTH).</summary>
    public const int DepthLimit = 64;

    public static TvmStatus Call(Execution execution, Frame frame, Operation operation)
    {
        var (requested, to) = (frame.Pop(), frame.Pop());
        var value = operation is Operation.DelegateCall or Operation.StaticCall ? UInt256.Zero : frame.Pop();
        var tokenId = operation == Operation.CallToken ? frame.Pop() : UInt256.Zero;
        var (inOffset, inSize, outOffset, outSize) = (frame.Pop(), frame.Pop(), frame.Pop(), frame.Pop());
        var moves = operation is Operation.Call or Operation.CallToken;

        var price = value.IsZero ? 0
            : EnergyPrice.ValueTransfer + (moves && !execution.State.Exists(to.ToAddress()) ? EnergyPrice.NewAccount : 0);
        var status = frame.Reach(inOffset, inSize, price, out var inPlace, out var inLength);
        if (status == TvmStatus.None)
        {
            status = frame.Reach(outOffset, outSize, 0, out _, out _);
        }

        if (status != TvmStatus.None)
        {
            return status;
        }

        if (frame.IsStatic && moves && !value.IsZero)
        {
            return TvmStatus.Unknown;
        }

        var available = execution.Rules.KeepsOne64th ? frame.Energy - (frame.Energy / 64) : frame.Energy;
        var given = requested.AtMost(available);
        frame.Energy -= given;
        given += value.IsZero ? 0 : EnergyPrice.Stipend;
        frame.ReturnData = default;
        if (frame.Depth == DepthLimit)
        {
            return Refuse(frame, given);
        }

        var call = new PendingCall(operation, to, value, tokenId, given, frame.Memory.Span(inPlace, inLength).ToArray());
        if (Precompiles.Find(to) is { } precompile)
        {
            status = RunPrecompile(execution, frame, call, precompile);
        }
        else
        {
            status = RunContract(execution, frame, call);
        }

        if (status == TvmStatus.None && !frame.ReturnData.IsEmpty)
        {
            // java-tron writes all that a precompile returns, however little was asked for. Compilers ask for all of it; here, as on
            // Ethereum, never more than asked for is written.
            var length = Math.Min(outSize.AtMost(FrameMemory.Limit), frame.ReturnData.Length);
            frame.ReturnData.Span[..(int)length].CopyTo(frame.Memory.Span(outOffset.AtMost(FrameMemory.Limit), length));
        }

        return status;
    }

    private static TvmStatus RunContract(Execution execution, Frame frame, PendingCall call)
    {
        var moment = execution.Moment;
        var status = Move(execution, frame, call, createsAccount: true, out var refused);
        if (status != TvmStatus.None || refused)
        {
            return status;
        }

        execution.InternalTransactions++;
        var code = execution.State.Code(call.To.ToAddress());
        if (code.Bytes.IsEmpty)
        {
            frame.Energy += call.Energy;
            frame.Push(true);
            return TvmStatus.None;
        }

        var inherits = call.Operation == Operation.DelegateCall;
        var sendsToken = call.Operation == Operation.CallToken;
        var callee = new Frame
        {
            Code = code,
            Address = call.Operation is Operation.CallCode or Operation.DelegateCall ? frame.Address : call.To.ToAddress(),
            Caller = inherits ? frame.Caller : frame.Address,
            CallData = call.Data,
            // A delegate sees the TRX of its caller's call, and never its token (java-tron, Program.callToAddress).
            CallValue = inherits ? frame.CallValue : sendsToken ? UInt256.Zero : call.Value,
            TokenValue = sendsToken ? call.Value : UInt256.Zero,
            TokenId = sendsToken ? call.TokenId : UInt256.Zero,
            IsStatic = frame.IsStatic || call.Operation == Operation.StaticCall,
            Depth = frame.Depth + 1,
            Energy = call.Energy,
        };
        var end = Interpreter.Run(execution, callee);
        if (end is TvmStatus.Success or TvmStatus.Revert)
        {
            frame.Energy += callee.Energy;
            frame.ReturnData = callee.Output;
        }

        if (end != TvmStatus.Success)
        {
            execution.GoBack(moment);
        }

        frame.Push(end == TvmStatus.Success);
        return TvmStatus.None;
    }

    private static TvmStatus RunPrecompile(Execution execution, Frame frame, PendingCall call, Precompile precompile)
    {
        var moment = execution.Moment;
        var status = Move(execution, frame, call, createsAccount: false, out var refused);
        if (status != TvmStatus.None || refused)
        {
            return status;
        }

        var price = precompile.Price(call.Data);
        if (price <= call.Energy && precompile.TryRun(call.Data, out var output))
        {
            frame.Energy += call.Energy - price;
            frame.ReturnData = output;
            frame.Push(true);
        }
        else
        {
            execution.GoBack(moment);
            frame.Push(false);
        }

        return TvmStatus.None;
    }

    /// <summary>Moves what goes along with the call, or refuses the call without a cost, or ends the calling frame.</summary>
    private static TvmStatus Move(Execution execution, Frame frame, PendingCall call, bool createsAccount, out bool refused)
    {
        refused = false;
        var (state, to) = (execution.State, call.To.ToAddress());
        var sendsToken = call.Operation == Operation.CallToken;
        long tokenId = 0;
        if (!call.Value.TryGetWithin(long.MaxValue, out var amount) || (sendsToken && !TokenIds.TryRead(call.TokenId, out tokenId)))
        {
            frame.Energy += call.Energy;
            return TvmStatus.TransferFailed;
        }

        if ((sendsToken ? state.TokenBalance(frame.Address, tokenId) : state.Balance(frame.Address)) < amount)
        {
            refused = true;
            return Refuse(frame, call.Energy);
        }

        if (amount == 0 || call.Operation is not (Operation.Call or Operation.CallToken))
        {
            return TvmStatus.None;
        }

        if (!createsAccount && !state.Exists(to))
        {
            return TvmStatus.Unknown;
        }

        // Fails for a transfer to oneself too, which TRON does not allow.
        if (!(sendsToken ? state.TryMoveToken(frame.Address, to, tokenId, amount) : state.TryMove(frame.Address, to, amount)))
        {
            frame.Energy += call.Energy;
            return TvmStatus.TransferFailed;
        }

        return TvmStatus.None;
    }

    private static TvmStatus Refuse(Frame frame, long energy)
    {
        frame.Energy += energy;
        frame.Push(false);
        return TvmStatus.None;
    }

    private readonly record struct PendingCall(Operation Operation, UInt256 To, UInt256 Value, UInt256 TokenId, long Energy, byte[] Data);
}
