namespace BttProxy.Tron.Node;

/// <summary>What a transaction would do if it were in the next block.</summary>
/// <param name="Result">What the contract returns, or why it refuses.</param>
/// <param name="Energy">What it needs; 0 when it is refused.</param>
public sealed record Simulation(CallResult Result, long Energy);
