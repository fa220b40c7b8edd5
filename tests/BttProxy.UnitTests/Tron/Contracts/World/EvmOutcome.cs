using BttProxy.Tron;
using BttProxy.Tron.Contracts;

namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <param name="Success">False when it was reverted.</param>
/// <param name="Output">What was returned, or the reason.</param>
/// <param name="Logs">In order, of all contracts.</param>
/// <param name="Cost">Energy, or gas where the machine counts that.</param>
internal sealed record EvmOutcome(bool Success, ReadOnlyMemory<byte> Output, IReadOnlyList<ContractLog> Logs, long Cost)
{
    /// <summary>The contract's code; anything else that went wrong is a fault of the contract.</summary>
    public ContractRejection Rejection =>
        Success ? ContractRejection.None
            : BttChannelsResults.TryReadRejection(Output.Span, out var rejection) ? rejection
            : throw new InvalidOperationException($"Reverted without a reason of ours: 0x{Convert.ToHexStringLower(Output.Span)}");
}
