namespace BttProxy.Devnet.Chain.Vm;

/// <summary>What each operation takes from the stack, puts there, and costs whatever its arguments.</summary>
internal static class OperationTable
{
    private static readonly Entry[] Entries = Build();

    public static ref readonly Entry Of(Operation operation) => ref Entries[(byte)operation];

    private static Entry[] Build()
    {
        var entries = new Entry[256];

        void Set(int pops, int pushes, int energy, params ReadOnlySpan<Operation> operations)
        {
            foreach (var operation in operations)
            {
                entries[(byte)operation] = new Entry(true, pops, pushes, energy);
            }
        }

        Set(0, 0, EnergyPrice.Zero, Operation.Stop);
        Set(2, 1, EnergyPrice.VeryLow, Operation.Add, Operation.Sub, Operation.Lt, Operation.Gt, Operation.SLt, Operation.SGt,
            Operation.Eq, Operation.And, Operation.Or, Operation.Xor, Operation.Byte, Operation.Shl, Operation.Shr, Operation.Sar);
        Set(2, 1, EnergyPrice.Low, Operation.Mul, Operation.Div, Operation.SDiv, Operation.Mod, Operation.SMod, Operation.SignExtend);
        Set(3, 1, EnergyPrice.Mid, Operation.AddMod, Operation.MulMod);
        Set(2, 1, EnergyPrice.Exp, Operation.Exp);
        Set(1, 1, EnergyPrice.VeryLow, Operation.IsZero, Operation.Not, Operation.CallDataLoad);
        Set(2, 1, EnergyPrice.Keccak, Operation.Keccak256);
        Set(0, 1, EnergyPrice.Base, Operation.Address, Operation.Origin, Operation.Caller, Operation.CallValue, Operation.CallDataSize,
            Operation.CodeSize, Operation.GasPrice, Operation.ReturnDataSize, Operation.Coinbase, Operation.Timestamp, Operation.Number,
            Operation.Difficulty, Operation.GasLimit, Operation.ChainId, Operation.BaseFee, Operation.Pc, Operation.MSize, Operation.Gas,
            Operation.Push0, Operation.CallTokenValue, Operation.CallTokenId);
        Set(1, 1, EnergyPrice.Account, Operation.Balance, Operation.ExtCodeSize, Operation.IsContract);
        Set(2, 1, EnergyPrice.Account, Operation.TokenBalance);
        Set(3, 0, EnergyPrice.Zero, Operation.CallDataCopy, Operation.CodeCopy, Operation.ReturnDataCopy);
        Set(4, 0, EnergyPrice.Account, Operation.ExtCodeCopy);
        Set(1, 1, EnergyPrice.CodeHash, Operation.ExtCodeHash);
        Set(1, 1, EnergyPrice.BlockHash, Operation.BlockHash);
        Set(0, 1, EnergyPrice.Low, Operation.SelfBalance);
        Set(1, 0, EnergyPrice.Base, Operation.Pop);
        Set(1, 1, EnergyPrice.Special, Operation.MLoad);
        Set(2, 0, EnergyPrice.Special, Operation.MStore, Operation.MStore8);
        Set(1, 1, EnergyPrice.StorageRead, Operation.SLoad);
        Set(2, 0, EnergyPrice.Zero, Operation.SStore);
        Set(1, 0, EnergyPrice.Mid, Operation.Jump);
        Set(2, 0, EnergyPrice.High, Operation.JumpI);
        Set(0, 0, EnergyPrice.Special, Operation.JumpDest);
        Set(1, 1, EnergyPrice.Transient, Operation.TLoad);
        Set(2, 0, EnergyPrice.Transient, Operation.TStore);
        Set(3, 0, EnergyPrice.VeryLow, Operation.MCopy);
        for (var i = 0; i < 32; i++)
        {
            Set(0, 1, EnergyPrice.VeryLow, Operation.Push1 + (byte)i);
        }

        for (var i = 0; i < 16; i++)
        {
            Set(i + 1, i + 2, EnergyPrice.VeryLow, Operation.Dup1 + (byte)i);
            Set(i + 2, i + 2, EnergyPrice.VeryLow, Operation.Swap1 + (byte)i);
        }

        for (var topics = 0; topics <= 4; topics++)
        {
            Set(2 + topics, 0, EnergyPrice.Log + (topics * EnergyPrice.LogTopic), Operation.Log0 + (byte)topics);
        }

        Set(3, 1, EnergyPrice.Create, Operation.Create);
        Set(4, 1, EnergyPrice.Create, Operation.Create2);
        Set(7, 1, EnergyPrice.Call, Operation.Call, Operation.CallCode);
        Set(6, 1, EnergyPrice.Call, Operation.DelegateCall, Operation.StaticCall);
        Set(8, 1, EnergyPrice.Call, Operation.CallToken);
        Set(2, 0, EnergyPrice.Zero, Operation.Return, Operation.Revert);
        Set(1, 0, EnergyPrice.Zero, Operation.SelfDestruct);
        return entries;
    }

    internal readonly record struct Entry(bool IsDefined, int Pops, int Pushes, int Energy);
}
