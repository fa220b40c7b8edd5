namespace BttProxy.Tron.Node;

/// <summary>Where a transaction stands.</summary>
/// <param name="Stage">How far it has come.</param>
/// <param name="Outcome">When included or final: how it ended in that block.</param>
public sealed record TransactionStatus(TransactionStage Stage, TransactionOutcome? Outcome);
