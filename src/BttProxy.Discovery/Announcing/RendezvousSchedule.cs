using BttProxy.BitTorrent;
using BttProxy.Protocol.Tunnel;

namespace BttProxy.Discovery.Announcing;

/// <summary>
/// When which rendezvous is used. Relays appear at the next epoch's rendezvous during the last hour of an epoch, so a client
/// that asks right after the change finds them, and so does one whose clock is ahead.
/// </summary>
internal static class RendezvousSchedule
{
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    /// <summary>Epochs to announce in at <paramref name="now"/>: the running one, and the next during its last hour.</summary>
    public static IReadOnlyList<long> AnnounceEpochs(DateTimeOffset now)
    {
        var epoch = Rendezvous.Epoch(now);
        return Rendezvous.Epoch(now + Overlap) == epoch ? [epoch] : [epoch, epoch + 1];
    }

    /// <summary>Epochs to search, the likeliest first. The neighbour is for hosts whose clocks differ from ours.</summary>
    public static IReadOnlyList<long> SearchEpochs(DateTimeOffset now)
    {
        var epoch = Rendezvous.Epoch(now);
        if (Rendezvous.Epoch(now + Overlap) != epoch)
        {
            return [epoch, epoch + 1];
        }

        return Rendezvous.Epoch(now - Overlap) != epoch ? [epoch, epoch - 1] : [epoch];
    }

    public static InfoHash At(string network, int shard, long epoch) => new(Rendezvous.InfoHash(network, shard, epoch));
}
