using System.Net;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>What a tracker answered, read with limits. The peers are a stranger's claims.</summary>
internal sealed record AnnounceAnswer(IReadOnlyList<IPEndPoint> Peers, TimeSpan Interval)
{
    /// <summary>Peers of one answer that are used; more is a flood.</summary>
    public const int MaxPeers = 200;

    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromHours(2);

    public ReadOnlyMemory<byte>? TrackerId { get; init; }

    public string? Warning { get; init; }

    /// <summary>The interval in seconds that a tracker asked for, within what is sensible.</summary>
    public static TimeSpan ClampInterval(long seconds) =>
        TimeSpan.FromSeconds(Math.Clamp(seconds, (long)MinInterval.TotalSeconds, (long)MaxInterval.TotalSeconds));
}
