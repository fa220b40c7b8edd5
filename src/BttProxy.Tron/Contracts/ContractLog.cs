using System.Collections.Immutable;
using BttProxy.Protocol.Keys;

namespace BttProxy.Tron.Contracts;

/// <summary>An event as a transaction's receipt carries it.</summary>
/// <param name="Contract">Who emitted it. Any contract can emit anything: compare it with the one that is meant.</param>
/// <param name="Topics">The event's signature hash, then its indexed values.</param>
/// <param name="Data">The other values.</param>
public sealed record ContractLog(TronAddress Contract, ImmutableArray<Bytes32> Topics, ReadOnlyMemory<byte> Data);
