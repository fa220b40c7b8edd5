namespace BttProxy.Tron.Node;

/// <summary>What a call would return, without being made.</summary>
/// <param name="HasReverted">The contract refuses it; <paramref name="Output"/> is the reason.</param>
/// <param name="Output">ABI-encoded.</param>
public sealed record CallResult(bool HasReverted, ReadOnlyMemory<byte> Output);
