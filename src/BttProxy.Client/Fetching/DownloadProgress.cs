using BttProxy.BitTorrent;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Fetching;

/// <summary>Where a download stands; a snapshot that may be taken at any time.</summary>
public sealed record DownloadProgress
{
    public required InfoHash InfoHash { get; init; }

    public required DownloadPhase Phase { get; init; }

    /// <summary>Null until the metadata is known.</summary>
    public string? Name { get; init; }

    /// <summary>Bytes of the content; zero until the metadata is known.</summary>
    public long TotalBytes { get; init; }

    public long VerifiedBytes { get; init; }

    /// <summary>Of the verified bytes, those that an earlier run left.</summary>
    public long BytesAtStart { get; init; }

    public int VerifiedPieces { get; init; }

    public int TotalPieces { get; init; }

    /// <summary>Bytes per second over the last seconds.</summary>
    public double Rate { get; init; }

    /// <summary>Signed for in this run.</summary>
    public TokenAmount Paid { get; init; }

    /// <summary>Vouchers that relays have accepted in this run.</summary>
    public int Vouchers { get; init; }

    /// <summary>Bytes that the relay lets this client owe; null without a session.</summary>
    public long? Window { get; init; }

    public RelayId? Relay { get; init; }

    public PricePerMegabyte? Price { get; init; }

    /// <summary>Relays that answered a probe so far.</summary>
    public int KnownRelays { get; init; }

    /// <summary>What is waited for on chain, and about how long, as one line; null when nothing is.</summary>
    public string? Waiting { get; init; }

    /// <summary>Time left at the present rate; null when nothing moves.</summary>
    public TimeSpan? Remaining =>
        Rate > 0 && TotalBytes > 0 ? TimeSpan.FromSeconds(Math.Min((TotalBytes - VerifiedBytes) / Rate, TimeSpan.MaxValue.TotalSeconds / 2)) : null;
}
