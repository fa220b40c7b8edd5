namespace BttProxy.Discovery.Finding;

/// <summary>How a search ended. Numbers are stable: they are metric labels and log values.</summary>
public enum DiscoveryOutcome
{
    Found = 0,
    /// <summary>No DHT node answered: UDP is blocked, or the bootstrap addresses are wrong.</summary>
    DhtSilent = 1,
    /// <summary>Nothing but the bootstrap nodes answered: the network behind them is cut off.</summary>
    BootstrapOnly = 2,
    /// <summary>The DHT works and nobody announced a relay in this network.</summary>
    NobodyAnnounced = 3,
    /// <summary>Sockets were announced and none of them answered as a relay.</summary>
    NobodyAnswered = 4,
    /// <summary>Relays answered and every record was refused.</summary>
    AllRejected = 5,
    /// <summary>Only records of an earlier run were left, all past their time.</summary>
    OnlyExpired = 6,
}
