using BttProxy.Protocol.Keys;

namespace BttProxy.Tron;

/// <summary>A signed transaction that is not sent yet. Whoever sends it stores it first: then no crash sends another one for the same.</summary>
/// <param name="Id">Under which the chain knows it.</param>
/// <param name="Expiration">By the blocks' clock; what is in no block then never will be.</param>
/// <param name="Payload">What is sent.</param>
public sealed record ChainTransaction(Bytes32 Id, DateTimeOffset Expiration, ReadOnlyMemory<byte> Payload);
