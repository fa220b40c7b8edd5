using BttProxy.Tron;

namespace BttProxy.Client.Wallets;

/// <summary>What a user waits for, because a block or several must be made first.</summary>
/// <param name="What">Begins a sentence in lower case: "opening a channel".</param>
/// <param name="Blocks">Blocks so far; 0 before the transaction is in one.</param>
/// <param name="BlocksNeeded">So many make it final.</param>
internal sealed record ChainWait(string What, int Blocks, int BlocksNeeded)
{
    public static ChainWait Of(string what, ChainProgress progress) => new(what, progress.Blocks, ChainProgress.BlocksNeeded);

    public override string ToString() => Blocks == 0
        ? $"{What} on TRON: waiting for a block, then about {Seconds(BlocksNeeded)} s"
        : $"{What} on TRON: about {Seconds(BlocksNeeded - Blocks)} s, block {Blocks} of {BlocksNeeded}";

    private static int Seconds(int blocks) => (int)(ChainProgress.BlockTime * Math.Max(1, blocks)).TotalSeconds;
}
