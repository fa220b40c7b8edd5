namespace BttProxy.Devnet.Chain.Vm;

/// <summary>Storage that lasts, and storage that lasts for a transaction.</summary>
internal static class StorageOperations
{
    public static TvmStatus Step(Execution execution, Frame frame, Operation operation)
    {
        var state = execution.State;
        switch (operation)
        {
            case Operation.SLoad:
                frame.Peek() = state.Storage(frame.Address, frame.Peek());
                return TvmStatus.None;
            case Operation.TLoad:
                frame.Peek() = state.Transient(frame.Address, frame.Peek());
                return TvmStatus.None;
            case Operation.SStore when !frame.TryPay(WritePrice(state, frame)):
                return TvmStatus.OutOfEnergy;
        }

        if (frame.IsStatic)
        {
            return TvmStatus.Unknown;
        }

        var (slot, value) = (frame.Pop(), frame.Pop());
        if (operation == Operation.SStore)
        {
            state.SetStorage(frame.Address, slot, value);
        }
        else
        {
            state.SetTransient(frame.Address, slot, value);
        }

        return TvmStatus.None;
    }

    private static int WritePrice(TvmState state, Frame frame) =>
        frame.Peek(1).IsZero || state.IsInUse(frame.Address, frame.Peek()) ? EnergyPrice.StorageReset : EnergyPrice.StorageSet;
}
