namespace BttProxy.Discovery.Announcing;

/// <summary>How well a relay can be found at the moment.</summary>
/// <param name="StoredCopies">Nodes from which the newest record was read back; 0 before the first publication.</param>
/// <param name="AnnouncedTo">Nodes that took the announcement at the rendezvous.</param>
/// <param name="PublishedAt">When the record was last stored; null before the first time.</param>
/// <param name="AnnouncedAt">When the rendezvous was last visited; null before the first time.</param>
public sealed record RelayAnnouncement(int StoredCopies, int AnnouncedTo, DateTimeOffset? PublishedAt, DateTimeOffset? AnnouncedAt)
{
    public static RelayAnnouncement None { get; } = new(0, 0, null, null);
}
