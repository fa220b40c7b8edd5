namespace BttProxy.Discovery.Caching;

/// <summary>Bounds of the relay cache.</summary>
public sealed record RelayCacheOptions
{
    /// <summary>File of the cache. Null keeps everything in memory. Default: null.</summary>
    public string? Path { get; init; }

    /// <summary>A week lets a user come back after a holiday while most relays still stand where they stood. Default: 7 days.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Ten times what a user ever compares; about 300 kB on disk. Default: 200.</summary>
    public int Capacity { get; init; } = 200;

    /// <summary>Long enough that cheating does not pay, short enough that a repaired relay comes back. Default: 24 hours.</summary>
    public TimeSpan BanTime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Bans to remember; the one that ends first is dropped above it. Default: 1000.</summary>
    public int BanCapacity { get; init; } = 1000;
}
