namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Who of the interested peers may take data from us (the choking algorithm of BEP 3). While we want something, those that give us most
/// have a place; while we only give, each has its turn. One place goes to a peer regardless, since nobody can show what it gives before
/// it got something. Decides only.
/// </summary>
internal static class ChokeRules
{
    /// <summary>How long a seed serves one peer while others wait. Shorter turns would cost each peer its full pipeline.</summary>
    public const int TurnMilliseconds = 60_000;

    private const int NewMilliseconds = 60_000;
    private const int NewPeerWeight = 3;

    /// <summary>Chooses the regular places.</summary>
    /// <param name="interested">All that want data from us.</param>
    /// <param name="places">How many to choose.</param>
    /// <param name="isWanting">We want data from others ourselves.</param>
    /// <param name="now">In milliseconds.</param>
    public static HashSet<PeerSession> Choose(IEnumerable<PeerSession> interested, int places, bool isWanting, long now)
    {
        var ranked = isWanting
            ? interested.OrderBy(static peer => peer.Pipeline.IsSnubbed)
                .ThenByDescending(peer => peer.Download.Rate(now))
                .ThenBy(static peer => peer.AmChoking)
                .ThenBy(static peer => peer.ChokingSince)
            // Those in the middle of their turn, then those that wait, longest first, then those that had their turn.
            : interested.OrderBy(peer => !peer.AmChoking && now - peer.ChokingSince >= TurnMilliseconds)
                .ThenBy(static peer => peer.AmChoking)
                .ThenBy(static peer => peer.ChokingSince);
        return [.. ranked.Take(places)];
    }

    /// <summary>Draws one of the peers that have no place; new ones are likelier, as they have nothing yet to give (BEP 3).</summary>
    public static PeerSession? Draw(IReadOnlyCollection<PeerSession> choked, Random random, long now)
    {
        var ticket = random.Next(Math.Max(1, choked.Sum(peer => WeightOf(peer, now))));
        foreach (var peer in choked)
        {
            ticket -= WeightOf(peer, now);
            if (ticket < 0)
            {
                return peer;
            }
        }
        return null;
    }

    private static int WeightOf(PeerSession peer, long now) => now - peer.ConnectedAt < NewMilliseconds ? NewPeerWeight : 1;
}
