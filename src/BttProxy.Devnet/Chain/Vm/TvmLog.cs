using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>An event: what LOG0 to LOG4 wrote.</summary>
internal sealed record TvmLog(TronAddress Address, IReadOnlyList<Bytes32> Topics, ReadOnlyMemory<byte> Data);
