using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using BttProxy.UnitTests.BitTorrent.Metainfo;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

/// <summary>Torrents and peers without any network.</summary>
internal static class SwarmFixtures
{
    public const int PieceLength = 64 * 1024;

    private static int _lastPort;

    public static TorrentInfo Info(int pieces, bool isPrivate = false) =>
        new TorrentInfoBuilder { PieceLength = PieceLength, SingleLength = (long)pieces * PieceLength, IsPrivate = isPrivate }.Parse();

    /// <summary>A peer that lets us in; with a torrent, one that has all of it.</summary>
    public static PeerSession Peer(TorrentInfo? info = null, IPEndPoint? endPoint = null, bool isIncoming = false)
    {
        endPoint ??= new IPEndPoint(IPAddress.Loopback, 1 + (Interlocked.Increment(ref _lastPort) % 60_000));
        var handshake = new Handshake(InfoHash.Compute("torrent"u8), PeerId.Create(), SupportsExtensions: true, SupportsFast: true);
        var peer = new PeerSession(endPoint, handshake, isIncoming, maxRequests: 500, now: 0) { IsChokingUs = false };
        if (info is not null)
        {
            peer.SetAllPieces(all: true, info.PieceCount);
        }
        return peer;
    }

    public static PieceSchedule Schedule(TorrentInfo info, long memory = 64 * 1024 * 1024) =>
        new(info, new Bitfield(info.PieceCount), new PieceMemory(memory));
}
