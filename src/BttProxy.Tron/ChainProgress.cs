using BttProxy.Tron.Node;

namespace BttProxy.Tron;

/// <summary>How far a transaction has come.</summary>
/// <param name="Stage">Where it stands.</param>
/// <param name="Receipt">
/// Included or final: how it ended in that block. Null before, and where it failed without a verdict of the contract (energy, time): it
/// changed nothing then, and is prepared anew.
/// </param>
/// <param name="Blocks">Blocks from its own to the newest, both counted; 0 before it is in one.</param>
public sealed record ChainProgress(TransactionStage Stage, ChainReceipt? Receipt, int Blocks)
{
    /// <summary>So many blocks make it final: as many of TRON's 27 producers must have built on it.</summary>
    public const int BlocksNeeded = 19;

    /// <summary>TRON makes one every three seconds.</summary>
    public static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(3);

    /// <summary>About so long until it is final.</summary>
    public TimeSpan Remaining => Stage is TransactionStage.Final ? TimeSpan.Zero : BlockTime * Math.Max(1, BlocksNeeded - Blocks);

    public bool HasSucceeded => Receipt is { IsAccepted: true };
}
