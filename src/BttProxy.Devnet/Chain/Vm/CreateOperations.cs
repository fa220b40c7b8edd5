namespace BttProxy.Devnet.Chain.Vm;

/// <summary>How contracts come and go.</summary>
internal static class CreateOperations
{
    private const byte ReservedFirstByte = 0xEF;

    public static TvmStatus Create(Execution execution, Frame frame, Operation operation)
    {
        var (value, offset, size) = (frame.Pop(), frame.Pop(), frame.Pop());
        var salt = operation == Operation.Create2 ? frame.Pop() : UInt256.Zero;
        var hashing = operation == Operation.Create2
            ? EnergyPrice.KeccakWord * WordArithmetic.Words(size.AtMost(FrameMemory.Limit))
            : 0;
        var status = frame.Reach(offset, size, hashing, out var place, out var length);
        if (status != TvmStatus.None)
        {
            return status;
        }

        if (frame.IsStatic || !value.TryGetWithin(long.MaxValue, out var amount))
        {
            return TvmStatus.Unknown;
        }

        frame.ReturnData = default;
        if (frame.Depth == CallOperations.DepthLimit || execution.State.Balance(frame.Address) < amount)
        {
            frame.Push(UInt256.Zero);
            return TvmStatus.None;
        }

        var code = frame.Memory.Span(place, length).ToArray();
        var address = operation == Operation.Create2
            ? ContractAddresses.Created2(frame.Address, salt, code)
            : ContractAddresses.Created(execution.TransactionId, execution.InternalTransactions);
        var given = execution.Rules.KeepsOne64th ? frame.Energy - (frame.Energy / 64) : frame.Energy;
        frame.Energy -= given;
        execution.InternalTransactions++;
        var constructor = new Frame
        {
            Code = new ContractCode(code),
            Address = address,
            Caller = frame.Address,
            CallValue = value,
            IsStatic = false,
            Depth = frame.Depth + 1,
            Energy = given,
        };
        var end = Construct(execution, constructor, amount);
        if (end is TvmStatus.Success or TvmStatus.Revert)
        {
            frame.Energy += constructor.Energy;
        }

        if (end == TvmStatus.Revert)
        {
            frame.ReturnData = constructor.Output;
        }

        frame.Push(end == TvmStatus.Success ? UInt256.FromAddress(address) : UInt256.Zero);
        return TvmStatus.None;
    }

    /// <summary>Makes the account, runs the constructor and keeps what it returns as the contract's code.</summary>
    public static TvmStatus Construct(Execution execution, Frame constructor, long amount, long tokenId = 0, long tokenAmount = 0)
    {
        var state = execution.State;
        if (state.Account(constructor.Address).Code is not null)
        {
            return TvmStatus.Unknown;
        }

        var moment = execution.Moment;
        state.SetCode(constructor.Address, ContractCode.Empty);
        var moved = (amount == 0 || state.TryMove(constructor.Caller, constructor.Address, amount))
            && (tokenAmount == 0 || state.TryMoveToken(constructor.Caller, constructor.Address, tokenId, tokenAmount));
        var end = moved ? Interpreter.Run(execution, constructor) : TvmStatus.TransferFailed;
        if (end == TvmStatus.Success)
        {
            end = Deposit(state, constructor);
        }

        if (end != TvmStatus.Success)
        {
            execution.GoBack(moment);
        }

        return end;
    }

    /// <summary>
    /// SELFDESTRUCT by the rules of "paris": the contract is gone when the transaction ends, also one that was there before it.
    /// An heir who does not exist yet costs a new account (java-tron's getSuicideCost2).
    /// </summary>
    public static TvmStatus Destroy(Execution execution, Frame frame)
    {
        var heir = frame.Pop().ToAddress();
        if (!execution.State.Exists(heir) && !frame.TryPay(EnergyPrice.NewAccount))
        {
            return TvmStatus.OutOfEnergy;
        }

        if (frame.IsStatic)
        {
            return TvmStatus.Unknown;
        }

        execution.InternalTransactions++;
        return execution.State.TryDestroy(frame.Address, heir) ? TvmStatus.Success : TvmStatus.TransferFailed;
    }

    private static TvmStatus Deposit(TvmState state, Frame constructor)
    {
        var code = constructor.Output;
        if (!code.IsEmpty && code.Span[0] == ReservedFirstByte)
        {
            return TvmStatus.InvalidCode;
        }

        if (!constructor.TryPay((long)EnergyPrice.CodeByte * code.Length))
        {
            return TvmStatus.OutOfEnergy;
        }

        state.SetCode(constructor.Address, new ContractCode(code));
        return TvmStatus.Success;
    }
}
