using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>What a contract asks about itself, its call, the block and other accounts.</summary>
internal static class EnvironmentOperations
{
    private const int BlockHashes = 256;

    public static TvmStatus Step(Execution execution, Frame frame, Operation operation)
    {
        var (state, block) = (execution.State, execution.Block);
        switch (operation)
        {
            case Operation.Balance:
                frame.Peek() = (ulong)state.Balance(frame.Peek().ToAddress());
                return TvmStatus.None;
            case Operation.CallDataLoad:
                frame.Peek() = LoadCallData(frame);
                return TvmStatus.None;
            case Operation.ExtCodeSize:
                frame.Peek() = (ulong)state.Code(frame.Peek().ToAddress()).Bytes.Length;
                return TvmStatus.None;
            case Operation.ExtCodeHash:
                frame.Peek() = CodeHash(state, frame.Peek().ToAddress());
                return TvmStatus.None;
            case Operation.BlockHash:
                frame.Peek() = BlockHash(block, frame.Peek());
                return TvmStatus.None;
            case Operation.IsContract:
                frame.Peek() = state.Account(frame.Peek().ToAddress()).Code is null ? UInt256.Zero : UInt256.One;
                return TvmStatus.None;
            case Operation.TokenBalance:
                return TokenBalance(state, frame);
        }

        frame.Push(operation switch
        {
            Operation.Address => UInt256.FromAddress(frame.Address),
            Operation.Origin => UInt256.FromAddress(execution.Origin),
            Operation.Caller => UInt256.FromAddress(frame.Caller),
            Operation.CallValue => frame.CallValue,
            Operation.CallTokenValue => frame.TokenValue,
            Operation.CallTokenId => frame.TokenId,
            Operation.CallDataSize => (ulong)frame.CallData.Length,
            Operation.CodeSize => (ulong)frame.Code.Bytes.Length,
            Operation.ReturnDataSize => (ulong)frame.ReturnData.Length,
            Operation.Coinbase => UInt256.FromAddress(block.Coinbase),
            Operation.Timestamp => (ulong)block.Timestamp,
            Operation.Number => (ulong)block.Number,
            Operation.ChainId => (ulong)block.ChainId,
            Operation.SelfBalance => (ulong)state.Balance(frame.Address),
            Operation.BaseFee => (ulong)block.EnergyPrice,
            Operation.Pc => (ulong)(frame.Position - 1),
            Operation.MSize => (ulong)frame.Memory.Size,
            Operation.Gas => (ulong)frame.Energy,
            // GASPRICE, GASLIMIT and DIFFICULTY: always zero on TRON.
            _ => UInt256.Zero,
        });
        return TvmStatus.None;
    }

    private static UInt256 LoadCallData(Frame frame)
    {
        var data = frame.CallData.Span;
        if (!frame.Peek().TryGetWithin(data.Length, out var offset))
        {
            return UInt256.Zero;
        }

        var there = Math.Min(UInt256.Bytes, data.Length - (int)offset);
        return UInt256.FromBytes(data.Slice((int)offset, there)) << ((UInt256.Bytes - there) * 8);
    }

    // Zero for what does not exist, the hash of nothing for an account that is no contract.
    private static UInt256 CodeHash(TvmState state, TronAddress address) =>
        state.Exists(address) ? UInt256.FromBytes(state.Code(address).Hash) : UInt256.Zero;

    private static UInt256 BlockHash(TvmBlock block, UInt256 number) =>
        block.BlockHash is { } hash && number.TryGetWithin(long.MaxValue, out var n) && n < block.Number && n >= block.Number - BlockHashes
            ? UInt256.FromBytes(hash(n))
            : UInt256.Zero;

    private static TvmStatus TokenBalance(TvmState state, Frame frame)
    {
        var id = frame.Pop();
        if (!TokenIds.TryRead(id, out var tokenId))
        {
            // java-tron tells an id that is no number of 64 bits from one that no token can have.
            return TokenIds.IsInt64(id) ? TvmStatus.Unknown : TvmStatus.TransferFailed;
        }

        frame.Peek() = (ulong)state.TokenBalance(frame.Peek().ToAddress(), tokenId);
        return TvmStatus.None;
    }
}
