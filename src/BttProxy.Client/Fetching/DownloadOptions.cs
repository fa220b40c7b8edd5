using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Fetching;

/// <summary>What the user wants of one download.</summary>
public sealed record DownloadOptions
{
    /// <summary>Where the content goes; created when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>Relays above this price are not used. Default: any price.</summary>
    public PricePerMegabyte? MaximumPrice { get; init; }

    /// <summary>The most that opening or topping up a channel may cost. Default: as much as the bytes that are missing.</summary>
    public TokenAmount? MaximumFee { get; init; }

    /// <summary>The most this run may spend. Default: what the wallet holds.</summary>
    public TokenAmount? Budget { get; init; }

    /// <summary>Use this relay only. Default: the best.</summary>
    public RelayId? OnlyRelay { get; init; }

    /// <summary>SHA-256 of the finished content, for the report; it reads everything once more. Default: true.</summary>
    public bool ComputeDigests { get; init; } = true;

    /// <summary>
    /// How long a relay may take to begin a response; it may have to find the content in the swarm first. Default: 20 s.
    /// </summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a response may stand still before the next relay takes over. Default: 6 s.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Without any relay that works for this long the download gives up. Default: 2 minutes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long to wait for a better relay after the first one answered. Default: 1 s, in which a close relay answers.
    /// </summary>
    public TimeSpan ChoiceTime { get; init; } = TimeSpan.FromSeconds(1);
}
