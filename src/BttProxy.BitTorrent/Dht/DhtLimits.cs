namespace BttProxy.BitTorrent.Dht;

/// <summary>Protocol constants and bounds of the node, in one place.</summary>
internal static class DhtLimits
{
    /// <summary>k of BEP 5: nodes per answer.</summary>
    public const int NodesPerAnswer = 8;

    /// <summary>Nodes that get a copy of what is stored: 20 copies survive a week with half of the nodes gone.</summary>
    public const int StoreWidth = 20;

    /// <summary>Queries in flight per lookup, until the nearest five have answered; then as many as are still wanted.</summary>
    public const int Alpha = 5;

    public const int LookupQueries = 200;
    public const int LookupCandidates = 512;
    public const int LookupPeers = 2000;
    public const int ConcurrentLookups = 16;
    public static readonly TimeSpan LookupTime = TimeSpan.FromSeconds(10);

    /// <summary>After this a query no longer holds a place in its lookup; its answer still counts.</summary>
    public static readonly TimeSpan SoftTimeout = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan HardTimeout = TimeSpan.FromSeconds(5);

    /// <summary>For nodes that have answered a moment ago.</summary>
    public static readonly TimeSpan ReadBackTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// libtorrent bans an address for 5 minutes after 50 packets in 10 s: 24 at once and 2.5 per second stay below.
    /// </summary>
    public const double OutboundPerSecond = 2.5;
    public const double OutboundBurst = 24;

    /// <summary>Queries that one remote may ask; with what we ask ourselves, less than 4 packets per second go to it.</summary>
    public const double InboundPerSecond = 3.5;
    public const double InboundBurst = 50;
    public const int PacedRemotes = 4096;

    /// <summary>Bytes of an answer, so that it fits every path unfragmented; only a BEP 44 value near its limit goes above.</summary>
    public const int AnswerBytes = 1200;
    public const int DatagramBytes = 4096;
    public const int TransactionIdBytes = 32;
    public const int TokenBytes = 64;
    public const int PendingQueries = 2048;

    public const int PeersPerAnswer = 100;
    public const int PeersPerInfoHash = 1000;
    public const int PeersPerAddress = 8;
    public const int InfoHashes = 2000;

    /// <summary>That one address, or /64, has brought in: it would take twenty of them to push all others out.</summary>
    public const int InfoHashesPerWriter = 100;
    public const int Peers = 100_000;
    public static readonly TimeSpan PeerLifetime = TimeSpan.FromMinutes(30);

    public const int Items = 2000;

    /// <summary>Of one address or /64: it would take forty of them to fill the store. A busy writer's items spread over the network.</summary>
    public const int ItemsPerWriter = 50;
    public const int ItemValueBytes = 1000;
    public const int SaltBytes = 64;
    public static readonly TimeSpan ItemLifetime = TimeSpan.FromHours(2);

    public const int FailuresBeforeReplacement = 2;
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(15);
}
