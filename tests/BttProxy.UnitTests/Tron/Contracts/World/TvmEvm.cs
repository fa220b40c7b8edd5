using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;

namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <summary>Our own virtual machine, with TRON's prices.</summary>
internal sealed class TvmEvm : IEvm
{
    private const long Energy = 100_000_000;

    private readonly TvmState _state = new();
    private long _number = 1;
    private ulong _time = 1_760_000_000;
    private ulong? _next;

    public ulong ChainId => 728126428;

    public Task<TronAddress> DeployAsync(ReadOnlyMemory<byte> code) => Task.FromResult(
        Execute(new TvmMessage { Caller = ChannelsWorld.Stranger.Address, Data = code, EnergyLimit = Energy, TransactionId = NextId() }).CreatedAddress
        ?? throw new InvalidOperationException("Not deployed."));

    public Task<EvmOutcome> SendAsync(TronAddress from, TronAddress to, ReadOnlyMemory<byte> input) => Task.FromResult(Read(
        Execute(new TvmMessage { Caller = from, To = to, Data = input, EnergyLimit = Energy, TransactionId = NextId() })));

    public Task<EvmOutcome> CallAsync(TronAddress to, ReadOnlyMemory<byte> input) => Task.FromResult(Read(
        Tvm.Call(new TvmMessage { Caller = TronAddress.Zero, To = to, Data = input, EnergyLimit = Energy }, _state, Block())));

    public Task<ulong> TimeAsync() => Task.FromResult(_time);

    public Task SetNextTimeAsync(ulong unixSeconds)
    {
        _next = unixSeconds;
        return Task.CompletedTask;
    }

    private static EvmOutcome Read(TvmResult result) => new(
        result.IsSuccess, result.Output, [.. result.Logs.Select(static log => new ContractLog(log.Address, [.. log.Topics], log.Data))], result.EnergyUsed);

    private TvmResult Execute(TvmMessage message)
    {
        _time = _next ?? _time + 3;
        _next = null;
        _number++;
        return Tvm.Execute(message, _state, Block());
    }

    private TvmBlock Block() => new() { Number = _number, Timestamp = (long)_time, ChainId = (long)ChainId };

    private Bytes32 NextId() => Keccak256.Hash(BitConverter.GetBytes(_number));
}
