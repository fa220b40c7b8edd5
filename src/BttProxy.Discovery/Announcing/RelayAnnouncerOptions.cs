namespace BttProxy.Discovery.Announcing;

/// <summary>How often a relay shows itself.</summary>
public sealed record RelayAnnouncerOptions
{
    /// <summary>Nodes forget announcements after 30 to 45 minutes. Default: 20 minutes.</summary>
    public TimeSpan AnnounceInterval { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Relays that started together must not announce together: each interval is cut by up to this share. Default: 0.2.</summary>
    public double AnnounceJitter { get; init; } = 0.2;

    /// <summary>How often the record is compared with what was published. Default: 5 s.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Nodes that should hold the record: 20 copies outlive a day without us. Fewer if the network is smaller. Default: 20.</summary>
    public int WantedCopies { get; init; } = 20;
}
