using BttProxy.BitTorrent;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Fetching;

/// <summary>How a download ended.</summary>
public sealed record DownloadResult
{
    public required InfoHash InfoHash { get; init; }

    public required string Name { get; init; }

    /// <summary>Bytes of the content's files, all verified.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes that came through relays in this run.</summary>
    public required long FetchedBytes { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Signed for in this run, over all relays.</summary>
    public required TokenAmount Paid { get; init; }

    public required IReadOnlyList<RelayUse> Relays { get; init; }

    /// <summary>Null when not asked for.</summary>
    public ContentDigests? Digests { get; init; }
}

/// <summary>One stay at one relay.</summary>
/// <param name="Relay">Which.</param>
/// <param name="Price">Per megabyte.</param>
/// <param name="Bytes">Received from it, without those of bad pieces.</param>
/// <param name="Paid">Signed for.</param>
/// <param name="Reason">Why it was left.</param>
/// <param name="Detail">One line.</param>
public sealed record RelayUse(RelayId Relay, PricePerMegabyte Price, long Bytes, TokenAmount Paid, LeaveReason Reason, string Detail);

/// <summary>SHA-256 of the content, lower-case hexadecimal; padding files (BEP 47) are left out.</summary>
/// <param name="Content">Of the files one after the other, in torrent order.</param>
/// <param name="Files">Of each file.</param>
public sealed record ContentDigests(string Content, IReadOnlyList<FileDigest> Files);

public sealed record FileDigest(string Path, long Bytes, string Sha256);
