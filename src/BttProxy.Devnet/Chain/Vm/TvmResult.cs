using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>The outcome of one message. State has changed, and logs exist, only if it succeeded.</summary>
internal sealed record TvmResult
{
    public required TvmStatus Status { get; init; }

    /// <summary>What was returned, the reason of a revert, or the code of a deployed contract.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    public required long EnergyUsed { get; init; }

    public IReadOnlyList<TvmLog> Logs { get; init; } = [];

    /// <summary>Where a deployment put its contract.</summary>
    public TronAddress? CreatedAddress { get; init; }

    public bool IsSuccess => Status == TvmStatus.Success;
}
