using System.Collections.Immutable;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.Node.Wire;
using Result = BttProxy.Tron.Node.Wire.Transaction.Types.Result.Types.contractResult;

namespace BttProxy.Tron.Node;

/// <summary>How a transaction ended.</summary>
public sealed record TransactionOutcome
{
    private const int MaxTopics = 4;

    public required Bytes32 Id { get; init; }

    public required long Block { get; init; }

    public required DateTimeOffset BlockTime { get; init; }

    public required ExecutionStatus Status { get; init; }

    /// <summary>Sun burnt for energy and bandwidth together.</summary>
    public required long Fee { get; init; }

    /// <summary>Energy used, whoever paid for it.</summary>
    public required long Energy { get; init; }

    /// <summary>What the contract returned, or the reason with which it reverted.</summary>
    public required ReadOnlyMemory<byte> Output { get; init; }

    public required ImmutableArray<ContractLog> Logs { get; init; }

    /// <summary>Null for an answer that means "not in a block".</summary>
    /// <exception cref="ChainException">The answer cannot be.</exception>
    internal static TransactionOutcome? Read(TransactionInfo info)
    {
        if (info.Id.IsEmpty)
        {
            return null;
        }

        if (info.Id.Length != Bytes32.Length || info.BlockNumber < 0 || info.Fee < 0 || info.Receipt?.EnergyUsageTotal < 0
            || info.BlockTimeStamp is < 0 or > Timestamps.Latest)
        {
            throw new ChainException("A TRON node answered nonsense about a transaction.", isTransient: true);
        }

        return new TransactionOutcome
        {
            Id = new Bytes32(info.Id.Span),
            Block = info.BlockNumber,
            BlockTime = DateTimeOffset.FromUnixTimeMilliseconds(info.BlockTimeStamp),
            Status = StatusOf(info),
            Fee = info.Fee,
            Energy = info.Receipt?.EnergyUsageTotal ?? 0,
            Output = info.ContractResult.Count > 0 ? info.ContractResult[0].Memory : default,
            Logs = [.. info.Log.Select(Read)],
        };
    }

    private static ContractLog Read(TransactionInfo.Types.Log log) =>
        log.Address.Length == TronAddress.Length && log.Topics.Count <= MaxTopics && log.Topics.All(topic => topic.Length == Bytes32.Length)
            ? new ContractLog(new TronAddress(log.Address.Span), [.. log.Topics.Select(topic => new Bytes32(topic.Span))], log.Data.Memory)
            : throw new ChainException("A TRON node answered nonsense about an event.", isTransient: true);

    private static ExecutionStatus StatusOf(TransactionInfo info) => (info.Result, info.Receipt?.Result ?? Result.Default) switch
    {
        // A transfer runs no code and has no result of a contract.
        (TransactionInfo.Types.code.Sucess, Result.Default or Result.Success) => ExecutionStatus.Success,
        (_, Result.Revert) => ExecutionStatus.Reverted,
        (_, Result.OutOfEnergy) => ExecutionStatus.OutOfEnergy,
        (_, Result.OutOfTime) => ExecutionStatus.OutOfTime,
        _ => ExecutionStatus.Failed,
    };
}
