using BttProxy.Protocol.Keys;

namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <summary>What executes the contract's bytecode in a test.</summary>
internal interface IEvm
{
    ulong ChainId { get; }

    /// <summary>Runs a constructor and answers where the contract stands.</summary>
    Task<TronAddress> DeployAsync(ReadOnlyMemory<byte> code);

    /// <summary>A transaction in a block of its own.</summary>
    Task<EvmOutcome> SendAsync(TronAddress from, TronAddress to, ReadOnlyMemory<byte> input);

    /// <summary>A call that changes nothing.</summary>
    Task<EvmOutcome> CallAsync(TronAddress to, ReadOnlyMemory<byte> input);

    /// <summary>The last block's time in unix seconds.</summary>
    Task<ulong> TimeAsync();

    /// <summary>The next transaction's block has this time, which is later than the last one's.</summary>
    Task SetNextTimeAsync(ulong unixSeconds);
}
