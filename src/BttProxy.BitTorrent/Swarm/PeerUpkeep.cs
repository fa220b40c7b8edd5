namespace BttProxy.BitTorrent.Swarm;

/// <summary>What time does to a connection: keep-alives, timeouts, and its end when it is of no use. Runs under the torrent's lock.</summary>
internal static class PeerUpkeep
{
    private const int KeepAliveMilliseconds = 110_000;
    private const int MaxTimeouts = 3;

    public static void Tick(TorrentState torrent, PeerSession peer, long now)
    {
        var options = torrent.Context.Options;
        if (peer.IsWebSeed)
        {
            ExpectBlocks(torrent, peer, now);
            return;
        }
        if (IsRedundant(torrent, peer))
        {
            peer.Drop(DropReason.Redundant);
            return;
        }
        if (peer.SendingSince is { } since && now - since > options.SendTimeout.TotalMilliseconds)
        {
            peer.Drop(DropReason.NotReading);
            return;
        }
        if (now - peer.LastReceivedAt > options.IdleTimeout.TotalMilliseconds)
        {
            peer.Drop(DropReason.Idle);
            return;
        }
        if (now - peer.LastSentAt > KeepAliveMilliseconds)
        {
            peer.Output.WriteKeepAlive();
            peer.Wake();
        }
        if (torrent.IsUploadOnly != peer.ToldUploadOnly)
        {
            ExtensionProtocol.Greet(torrent, peer);
            peer.Wake();
        }
        torrent.Exchange.Tick(peer, now);
        if (torrent.Info is null)
        {
            torrent.Metadata.Expire(peer, now);
            torrent.Metadata.Fill(peer, now);
        }
        else
        {
            torrent.Hashes.Expire(peer);
            torrent.Hashes.Fill(peer);
        }
        if (peer.IsInterested && peer.AmChoking)
        {
            // It waits for us: that is not its fault.
            peer.LastUsefulAt = now;
        }
        ExpectBlocks(torrent, peer, now);
        if (now - peer.LastUsefulAt > options.UselessAfter.TotalMilliseconds && torrent.DoOthersWait(now))
        {
            peer.Drop(DropReason.Idle);
        }
    }

    /// <summary>BEP 21: two that only give have nothing for each other.</summary>
    private static bool IsRedundant(TorrentState torrent, PeerSession peer) =>
        torrent.IsUploadOnly && (peer.IsUploadOnly || peer.Have is { IsComplete: true });

    private static void ExpectBlocks(TorrentState torrent, PeerSession peer, long now)
    {
        if (peer.Requests.Count > 0)
        {
            ExpireBlocks(torrent, peer, now);
        }
        if (peer.MinimumRate.IsMissed(peer.Requests.Count > 0, peer.Download.Total, now, torrent.Context.Options))
        {
            peer.Drop(DropReason.Stalled);
        }
    }

    private static void ExpireBlocks(TorrentState torrent, PeerSession peer, long now)
    {
        if (now - Math.Max(peer.Requests.OldestAt, peer.LastBlockAt) < torrent.Context.Options.BlockTimeout.TotalMilliseconds)
        {
            return;
        }
        peer.Pipeline.Snub();
        torrent.Download.ReleaseAll(peer, sendCancels: true);
        peer.Wake();
        if (++peer.Timeouts >= MaxTimeouts)
        {
            peer.Drop(DropReason.Stalled);
        }
    }
}
