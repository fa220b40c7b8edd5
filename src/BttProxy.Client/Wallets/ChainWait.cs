using BttProxy.Tron;
using BttProxy.Tron.Node;

namespace BttProxy.Client.Wallets;

/// <summary>What a user waits for, because a block or several must be made first.</summary>
/// <param name="What">Begins a sentence in lower case: "opening a channel".</param>
/// <param name="Blocks">Blocks so far; 0 before the transaction is in one.</param>
/// <param name="BlocksNeeded">So many are waited for: 1 where being in a block is enough.</param>
internal sealed record ChainWait(string What, int Blocks, int BlocksNeeded)
{
    public static ChainWait Of(string what, ChainProgress progress, TransactionStage until) =>
        new(what, progress.Blocks, until == TransactionStage.Included ? 1 : ChainProgress.BlocksNeeded);

    public override string ToString() => Blocks == 0
        ? $"{What} on TRON: waiting for a block{(BlocksNeeded > 1 ? $", then about {Seconds(BlocksNeeded - 1)} s" : "")}"
        : $"{What} on TRON: about {Seconds(BlocksNeeded - Blocks)} s, block {Blocks} of {BlocksNeeded}";

    private static int Seconds(int blocks) => (int)(ChainProgress.BlockTime * Math.Max(1, blocks)).TotalSeconds;
}
