using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Fetching;

/// <summary>The relays known to this download, in the order in which they are worth trying. Thread-safe.</summary>
internal sealed class RelayPool(PricePerMegabyte? maximumPrice, Func<PricePerMegabyte, TokenAmount> maximumFee, TimeProvider timeProvider)
{
    /// <summary>After a failure a relay rests for this long, doubled each time.</summary>
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);

    /// <summary>What waiting for a channel's opening is worth, as a factor of the price.</summary>
    private const double Unfamiliar = 1.25;

    private readonly Lock _gate = new();
    private readonly Dictionary<RelayId, RankedRelay> _relays = [];
    private readonly Dictionary<RelayId, string> _unusable = [];
    private readonly HashSet<RelayId> _preferred = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _relays.Count;
            }
        }
    }

    /// <summary>True when relays are known and every one is above the limit of price or fee.</summary>
    public bool IsAllTooDear
    {
        get
        {
            lock (_gate)
            {
                return _relays.Count > 0 && _relays.Values.All(IsTooDear);
            }
        }
    }

    /// <summary>True when relays are known and every one that is not too dear or banned was last left for this reason.</summary>
    public bool IsAllLeft(LeaveReason reason)
    {
        lock (_gate)
        {
            var usable = _relays.Values.Where(relay => !relay.IsBanned && !IsTooDear(relay)).ToList();
            return usable.Count > 0 && usable.TrueForAll(relay => relay.LastLeave == reason);
        }
    }

    /// <summary>These are taken unless another is clearly better.</summary>
    public void Prefer(IEnumerable<RelayId> relays)
    {
        lock (_gate)
        {
            _preferred.UnionWith(relays);
        }
    }

    public bool Knows(RelayOffer offer)
    {
        lock (_gate)
        {
            return _relays.TryGetValue(offer.Id, out var known) && known.Offer.Signed.Seq >= offer.Signed.Seq;
        }
    }

    /// <summary>Takes a probed relay in; a newer record of a known one keeps its failures and bans.</summary>
    public void Add(RankedRelay relay)
    {
        lock (_gate)
        {
            if (_relays.TryGetValue(relay.Offer.Id, out var known))
            {
                relay.Failures = known.Failures;
                relay.NotBefore = known.NotBefore;
                relay.IsBanned = known.IsBanned;
                relay.LastLeave = known.LastLeave;
                relay.LastReason = known.LastReason;
                relay.FrozenConnections = known.FrozenConnections;
                relay.IsRenewed = known.IsRenewed;
            }

            _relays[relay.Offer.Id] = relay;
            _unusable.Remove(relay.Offer.Id);
        }
    }

    /// <summary>A relay that did not answer the probe; kept for the list of reasons.</summary>
    public void AddUnusable(RelayId id, string reason)
    {
        lock (_gate)
        {
            if (!_relays.ContainsKey(id))
            {
                _unusable[id] = reason;
            }
        }
    }

    /// <summary>The best relay that may be tried now, to buy so many bytes.</summary>
    public RankedRelay? Best(ByteCount bytes)
    {
        var now = timeProvider.GetUtcNow();
        lock (_gate)
        {
            return _relays.Values
                .Where(relay => !relay.IsBanned && !IsTooDear(relay) && relay.NotBefore <= now)
                .MinBy(relay => FeeOf(relay) is { } fee ? relay.Score(fee, bytes) * Unfamiliar : relay.Score(TokenAmount.Zero, bytes));
        }
    }

    public void Succeeded(RankedRelay relay)
    {
        lock (_gate)
        {
            relay.Failures = 0;
            relay.IsRenewed = false;
            relay.LastLeave = null;
        }
    }

    /// <summary>
    /// A relay that refused because our record of it is old, as after its restart, may be tried with the new one at once; but not again and
    /// again.
    /// </summary>
    public bool TryRenew(RankedRelay relay, RelayOffer offer)
    {
        lock (_gate)
        {
            if (relay.IsRenewed)
            {
                return false;
            }

            _relays[offer.Id] = new RankedRelay(offer, relay.Latency) { Failures = relay.Failures, IsRenewed = true };
            return true;
        }
    }

    public void Failed(RankedRelay relay, LeaveReason leave, string reason)
    {
        lock (_gate)
        {
            var rest = FirstRest * Math.Pow(2, Math.Min(relay.Failures, 6));
            relay.NotBefore = timeProvider.GetUtcNow() + (rest < LongestRest ? rest : LongestRest);
            relay.Failures++;
            relay.LastLeave = leave;
            relay.LastReason = reason;
        }
    }

    public void Ban(RelayId id, string reason)
    {
        lock (_gate)
        {
            if (_relays.TryGetValue(id, out var relay))
            {
                relay.IsBanned = true;
                relay.LastReason = reason;
            }
        }
    }

    /// <summary>One line per relay that could not be used, for the user.</summary>
    public IReadOnlyList<string> Reasons()
    {
        lock (_gate)
        {
            var used = _relays.Values
                .Where(relay => relay.LastReason is not null || IsTooDear(relay))
                .Select(relay => $"{Short(relay.Offer.Id)}: {relay.LastReason ?? TooDear(relay)}");
            return [.. used, .. _unusable.Select(entry => $"{Short(entry.Key)}: {entry.Value}")];
        }
    }

    public static string Short(RelayId id) => id.ToString()[..8];

    private bool IsTooDear(RankedRelay relay) => relay.Offer.Price > maximumPrice || FeeOf(relay) > maximumFee(relay.Offer.Price);

    /// <summary>Null for a relay to which there is a channel with money in it.</summary>
    private TokenAmount? FeeOf(RankedRelay relay) => _preferred.Contains(relay.Offer.Id) ? null : relay.Offer.Record.OpenFee;

    private string TooDear(RankedRelay relay) => relay.Offer.Price > maximumPrice
        ? $"asks {relay.Offer.Price.ToBtt()}, above --max-price"
        : $"asks {relay.Offer.Record.OpenFee.ToBtt()} to open a channel, above {maximumFee(relay.Offer.Price).ToBtt()}; --max-fee allows more";
}
