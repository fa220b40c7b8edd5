namespace BttProxy.BitTorrent.Trackers;

/// <summary>
/// The order in which a torrent's trackers are asked (BEP 12): tiers, each shuffled once; one that answers moves to the front of its tier.
/// Thread-safe.
/// </summary>
internal sealed class TrackerTiers
{
    private const int MaxTrackers = 64;
    private const int MaxUrlChars = 2048;

    private readonly Lock _gate = new();
    private readonly List<List<Uri>> _tiers = [];

    /// <param name="tiers">URLs as a torrent or a magnet link gives them; what is no tracker URL, or too much, is left out.</param>
    /// <param name="random">Shuffles within tiers, so that not every peer asks the same tracker.</param>
    public TrackerTiers(IEnumerable<IEnumerable<string>> tiers, Random random)
    {
        var seen = new HashSet<Uri>();
        foreach (var tier in tiers)
        {
            var urls = new List<Uri>();
            foreach (var text in tier)
            {
                if (seen.Count < MaxTrackers && TryParse(text, out var url) && seen.Add(url))
                {
                    urls.Add(url);
                }
            }
            if (urls.Count > 0)
            {
                var shuffled = urls.ToArray();
                random.Shuffle(shuffled);
                _tiers.Add([.. shuffled]);
            }
        }
    }

    public int Count => _tiers.Count;

    /// <summary>A snapshot of one tier's order.</summary>
    public Uri[] InOrder(int tier)
    {
        lock (_gate)
        {
            return [.. _tiers[tier]];
        }
    }

    /// <summary>A snapshot of the order, tier after tier.</summary>
    public Uri[] InOrder()
    {
        lock (_gate)
        {
            return [.. _tiers.SelectMany(tier => tier)];
        }
    }

    /// <summary>The tracker answered: next time it is the first of its tier.</summary>
    public void Promote(Uri tracker)
    {
        lock (_gate)
        {
            var tier = _tiers.Find(tier => tier.Remove(tracker));
            tier?.Insert(0, tracker);
        }
    }

    private static bool TryParse(string text, out Uri url)
    {
        url = null!;
        return text.Length <= MaxUrlChars && Uri.TryCreate(text, UriKind.Absolute, out url!)
            && (url.Scheme is "http" or "https" || (url.Scheme == "udp" && url.Port > 0)) && url.Host.Length > 0;
    }
}
