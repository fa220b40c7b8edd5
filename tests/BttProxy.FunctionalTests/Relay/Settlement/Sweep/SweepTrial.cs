namespace BttProxy.FunctionalTests.Relay.Settlement.Sweep;

/// <summary>One kill, and what was right after the restart.</summary>
/// <param name="KillAt">The point; counted from 1.</param>
/// <param name="WasKilled">False when the work was done before that point.</param>
/// <param name="Problem">What is wrong; null when every channel was paid exactly once and the ledger knows.</param>
internal sealed record SweepTrial(int KillAt, bool WasKilled, string? Problem);
