using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

/// <summary>A state with one sender, contracts where tests put them, and calls.</summary>
internal sealed class VmWorld
{
    public const long Limit = 10_000_000;

    public static readonly TronAddress Sender = At(0xAA);
    public static readonly TronAddress Contract = At(0xC1);
    public static readonly TronAddress Other = At(0xC2);

    public static readonly TvmBlock Block = new()
    {
        Number = 1000, Timestamp = 1_700_000_000, ChainId = 0x2b6653dc, Coinbase = At(0xBB),
        BlockHash = number => new Bytes32([.. new byte[24], 1, 0, 0, 0, 0, 0, .. BitConverter.GetBytes((ushort)number).Reverse()]),
    };

    public VmWorld()
    {
        State.SetBalance(Sender, 1_000_000_000);
        State.EndTransaction();
    }

    public TvmState State { get; } = new();

    public TvmRules Rules { get; init; } = TvmRules.Mainnet;

    public static TronAddress At(byte last) => new([.. new byte[19], last]);

    public VmWorld Put(TronAddress address, Bytecode code)
    {
        State.SetCode(address, new ContractCode(code.ToArray()));
        State.EndTransaction();
        return this;
    }

    public TvmResult Call(long limit = Limit, long value = 0, byte[]? data = null, long tokenId = 0, long tokenValue = 0) => Tvm.Execute(
        new TvmMessage
        {
            Caller = Sender, To = Contract, Data = data ?? [], CallValue = value, EnergyLimit = limit, TokenId = tokenId,
            TokenValue = tokenValue, TransactionId = new Bytes32([.. new byte[31], 7]),
        },
        State, Block, Rules);

    public TvmResult Deploy(byte[] constructor, long limit = Limit, long value = 0) => Tvm.Execute(
        new TvmMessage
        {
            Caller = Sender, Data = constructor, CallValue = value, EnergyLimit = limit, TransactionId = new Bytes32([.. new byte[31], 7]),
        },
        State, Block, Rules);

    public static TvmResult Run(Bytecode code, byte[]? data = null) => new VmWorld().Put(Contract, code).Call(data: data);

    /// <summary>Runs the code and returns the word on top of the stack.</summary>
    public static UInt256 Word(Bytecode code, byte[]? data = null) => Word(Run(code.Return(), data));

    public static UInt256 Word(TvmResult result)
    {
        Assert.Equal(TvmStatus.Success, result.Status);
        return UInt256.FromBytes(result.Output.Span);
    }
}
