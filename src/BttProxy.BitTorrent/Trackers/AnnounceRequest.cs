using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>What one announce says (BEP 3, BEP 15).</summary>
internal sealed record AnnounceRequest
{
    public required InfoHash InfoHash { get; init; }

    public required PeerId PeerId { get; init; }

    /// <summary>Where peers may connect to us.</summary>
    public required int Port { get; init; }

    /// <summary>Tells the tracker that we are the same when our address changes.</summary>
    public required uint Key { get; init; }

    /// <summary>Content bytes since the torrent was added.</summary>
    public long Uploaded { get; init; }

    /// <inheritdoc cref="Uploaded"/>
    public long Downloaded { get; init; }

    /// <summary>Content bytes that are missing.</summary>
    public long Left { get; init; }

    public TrackerEvent Event { get; init; }

    public int PeersWanted { get; init; }

    /// <summary>What the tracker asked to be told again.</summary>
    public ReadOnlyMemory<byte>? TrackerId { get; init; }
}
