namespace BttProxy.Tron.Node;

/// <summary>What an account may use today without burning TRX.</summary>
/// <param name="Energy">Left of what its stake gives.</param>
/// <param name="Bandwidth">Bytes left of what its stake gives.</param>
/// <param name="FreeBandwidth">Bytes left of what everybody has; one transaction uses one kind only.</param>
public sealed record TronResources(long Energy, long Bandwidth, long FreeBandwidth);
