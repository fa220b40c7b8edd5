using System.Net;

namespace BttProxy.Devnet.World;

/// <summary>How large a devnet is, and where it listens.</summary>
internal sealed record DevnetWorldOptions
{
    /// <summary>The one address that everything listens on. Default: 127.0.0.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Nodes that do nothing but be the DHT; seeder, relays and clients add their own. Default: 8, a full bucket.</summary>
    public int DhtNodes { get; init; } = 8;

    /// <summary>Relays, each dearer than the one before. Default: 3.</summary>
    public int Relays { get; init; } = 3;

    /// <summary>Bytes of content. Default: 256 MiB.</summary>
    public long ContentSize { get; init; } = 256L << 20;

    /// <summary>Between the TRON node's blocks. Default: zero, on demand, so that nobody waits.</summary>
    public TimeSpan BlockTime { get; init; }

    /// <summary>Empty blocks that a new chain begins with. Default: 0.</summary>
    public long InitialBlocks { get; init; }
}
