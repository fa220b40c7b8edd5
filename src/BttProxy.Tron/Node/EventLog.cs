using System.Collections.Immutable;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node.Wire;

namespace BttProxy.Tron.Node;

/// <summary>What a contract said when it ran.</summary>
/// <param name="Contract">Who said it.</param>
/// <param name="Topics">At most four; the first is the Keccak-256 of the event's signature.</param>
/// <param name="Data">The arguments that are not indexed, ABI-encoded.</param>
public sealed record EventLog(TronAddress Contract, ImmutableArray<Bytes32> Topics, ReadOnlyMemory<byte> Data)
{
    private const int MaxTopics = 4;

    /// <exception cref="ChainException">The answer cannot be.</exception>
    internal static EventLog Read(TransactionInfo.Types.Log log) =>
        log.Address.Length == TronAddress.Length && log.Topics.Count <= MaxTopics && log.Topics.All(topic => topic.Length == Bytes32.Length)
            ? new EventLog(new TronAddress(log.Address.Span), [.. log.Topics.Select(topic => new Bytes32(topic.Span))], log.Data.Memory)
            : throw new ChainException("A TRON node answered nonsense about an event.", isTransient: true);
}
