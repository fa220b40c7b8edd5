namespace BttProxy.Client.Tunnels;

/// <summary>Limits of one relay's tunnel.</summary>
internal sealed record TunnelOptions
{
    /// <summary>Default: 5 s; a relay that needs longer to answer a SYN is not worth waiting for.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For a small request and its whole answer. Default: 15 s, what a relay with slow TRON nodes needs.</summary>
    public TimeSpan ControlTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// For the info dictionary, which the relay may have to fetch from the swarm first. Default: 60 s.
    /// </summary>
    public TimeSpan MetadataTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Middle of a connection's life; each differs by up to a quarter, so that no fixed period shows. Default: 40 min.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(40);

    /// <summary>
    /// HTTP/2 window of one response, from which the platform grows it by round-trip time. Default: 1 MiB, enough for
    /// 100 Mbit/s at 80 ms before it has grown.
    /// </summary>
    public int StreamWindowBytes { get; init; } = 1 << 20;
}
