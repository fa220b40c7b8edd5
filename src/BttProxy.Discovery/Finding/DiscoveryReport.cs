using System.Collections.Frozen;
using System.Globalization;

namespace BttProxy.Discovery.Finding;

/// <summary>What one search saw, to say why it found nothing.</summary>
public sealed record DiscoveryReport
{
    public static DiscoveryReport Empty { get; } = new();

    /// <summary>DHT nodes in the routing table at the end, and how many the network was joined through.</summary>
    public int DhtNodes { get; init; }

    public int BootstrapNodes { get; init; }

    /// <summary>Different sockets met at the rendezvous.</summary>
    public int Announced { get; init; }

    /// <summary>Of those, how many gave no record when asked.</summary>
    public int Silent { get; init; }

    /// <summary>Different relays whose record was accepted.</summary>
    public int Found { get; init; }

    /// <summary>Of those, how many came from an earlier run and are past their time.</summary>
    public int Expired { get; init; }

    /// <summary>Good relays left out because another one of the same network block was taken.</summary>
    public int SameSubnet { get; init; }

    /// <summary>How many records were refused, by reason.</summary>
    public IReadOnlyDictionary<RecordVerdict, int> Rejected { get; init; } = FrozenDictionary<RecordVerdict, int>.Empty;

    public DiscoveryOutcome Outcome => this switch
    {
        { Found: > 0 } when Found > Expired => DiscoveryOutcome.Found,
        { DhtNodes: 0, Expired: 0 } => DiscoveryOutcome.DhtSilent,
        { Expired: > 0 } => DiscoveryOutcome.OnlyExpired,
        { Rejected.Count: > 0 } => DiscoveryOutcome.AllRejected,
        { Announced: > 0 } => DiscoveryOutcome.NobodyAnswered,
        _ when DhtNodes <= BootstrapNodes => DiscoveryOutcome.BootstrapOnly,
        _ => DiscoveryOutcome.NobodyAnnounced,
    };

    /// <summary>One line for the user: what happened and what to do next.</summary>
    public string Explain() => Outcome switch
    {
        DiscoveryOutcome.Found => Invariant($"Found {Found} relays."),
        DiscoveryOutcome.DhtSilent =>
            "No DHT node answered. UDP may be blocked here, or the bootstrap addresses are wrong: try another network.",
        DiscoveryOutcome.BootstrapOnly =>
            Invariant($"Only the {DhtNodes} bootstrap nodes of the DHT answered and they know no relay: try again in a minute or from another network."),
        DiscoveryOutcome.NobodyAnnounced =>
            Invariant($"The DHT works ({DhtNodes} nodes) but no relay announces itself in this network: check the network's name, or wait for relays to start."),
        DiscoveryOutcome.NobodyAnswered =>
            Invariant($"{Announced} relays were announced and none answered: UDP may be filtered here, try another network."),
        DiscoveryOutcome.AllRejected => Invariant($"Every relay's record was refused ({Reasons()}): check the clock and the network description."),
        DiscoveryOutcome.OnlyExpired =>
            Invariant($"The DHT brought no relay; {Expired} relays of an earlier run are tried, whose records are past their time."),
        _ => Outcome.ToString(),
    };

    private string Reasons() =>
        string.Join(", ", Rejected.OrderByDescending(reason => reason.Value).Select(reason => Invariant($"{reason.Value} {reason.Key}")));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
