using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;

namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <summary>Our own virtual machine, which the devnet's node runs too; costs are TRON's energy.</summary>
internal sealed class TvmEvm : IEvm
{
    /// <summary>More than a transaction may take on TRON: what needs it would show in the figure.</summary>
    private const long EnergyLimit = 100_000_000;

    private readonly TvmState _state = new();
    private TvmBlock _block = new() { Number = 1_000, Timestamp = 1_790_000_000, ChainId = 728126428 };

    public ulong ChainId => (ulong)_block.ChainId;

    public TvmState State => _state;

    public Task<TronAddress> DeployAsync(ReadOnlyMemory<byte> code) => Task.FromResult(Deploy(code).CreatedAddress!.Value);

    public TvmResult Deploy(ReadOnlyMemory<byte> code)
    {
        var result = Execute(ChannelsWorld.Stranger.Address, null, code);
        return result.IsSuccess ? result : throw new InvalidOperationException($"The deployment ended with {result.Status}.");
    }

    public Task<EvmOutcome> SendAsync(TronAddress from, TronAddress to, ReadOnlyMemory<byte> input) =>
        Task.FromResult(Outcome(Execute(from, to, input)));

    public Task<EvmOutcome> CallAsync(TronAddress to, ReadOnlyMemory<byte> input) =>
        Task.FromResult(Outcome(Tvm.Call(Message(ChannelsWorld.Stranger.Address, to, input), _state, _block)));

    public Task<ulong> TimeAsync() => Task.FromResult((ulong)_block.Timestamp);

    public Task SetNextTimeAsync(ulong unixSeconds)
    {
        _block = _block with { Timestamp = (long)unixSeconds - 1 };
        return Task.CompletedTask;
    }

    /// <summary>With TRC-10 tokens attached.</summary>
    public TvmResult Execute(TronAddress from, TronAddress? to, ReadOnlyMemory<byte> input, long tokenId = 0, long tokenValue = 0)
    {
        _block = _block with { Number = _block.Number + 1, Timestamp = _block.Timestamp + 1 };
        return Tvm.Execute(Message(from, to, input) with { TokenId = tokenId, TokenValue = tokenValue }, _state, _block);
    }

    private TvmMessage Message(TronAddress from, TronAddress? to, ReadOnlyMemory<byte> input) => new()
    {
        Caller = from, To = to, Data = input, EnergyLimit = EnergyLimit,
        TransactionId = Keccak256.Hash(BitConverter.GetBytes(_block.Number)),
    };

    private static EvmOutcome Outcome(TvmResult result) => new(
        result.IsSuccess, result.Output, [.. result.Logs.Select(log => new ContractLog(log.Address, [.. log.Topics], log.Data))], result.EnergyUsed);
}
