using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>Bytes delivered and forgiven over a channel's life, kept in the relay's ledger.</summary>
public readonly record struct ForgivenessHistory(ByteCount Delivered, ByteCount Forgiven);
