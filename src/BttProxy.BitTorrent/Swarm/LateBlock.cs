namespace BttProxy.BitTorrent.Swarm;

/// <summary>When a block that was asked for is asked of one more peer, so that a slow or silent one holds up nothing.</summary>
internal static class LateBlock
{
    private const int MinMilliseconds = 500;

    // A reader stands still: a block twice costs less than the wait.
    private const int MinAwaitedMilliseconds = 150;

    // Two were asked, and the reader still waits.
    private const int WatchdogMilliseconds = 3000;

    /// <param name="peer">Whom it would be asked of; it has the piece.</param>
    /// <param name="assembly">The piece, which may come from several.</param>
    /// <param name="block">A block of it.</param>
    /// <param name="now">Milliseconds.</param>
    /// <param name="isAwaited">A reader waits for the piece.</param>
    public static bool IsFor(PeerSession peer, PieceAssembly assembly, int block, long now, bool isAwaited)
    {
        var (first, second) = assembly.Requesters(block);
        if (first is null || first == peer || second == peer)
        {
            return false;
        }
        var age = now - assembly.AskedAt(block);
        if (second is not null)
        {
            return isAwaited && age > WatchdogMilliseconds && IsMuchFaster(first) && IsMuchFaster(second);
        }
        return isAwaited
            ? age > MinAwaitedMilliseconds && (age > first.ExpectedDelay(now) || IsMuchFaster(first))
            : age > MinMilliseconds && age > 2 * first.ExpectedDelay(now);

        // Nobody is faster than it was until now.
        bool IsMuchFaster(PeerSession other) => 2 * peer.ExpectedDelay(now, more: 1) < Math.Max(age, other.ExpectedDelay(now));
    }
}
