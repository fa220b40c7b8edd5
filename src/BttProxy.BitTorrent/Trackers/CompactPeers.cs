using System.Net;
using BttProxy.BitTorrent.Dht;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>Lists of compact peers (BEP 23, BEP 7).</summary>
internal static class CompactPeers
{
    /// <summary>Adds peers up to <see cref="AnnounceAnswer.MaxPeers"/>; a rest that is no whole peer and port 0 are left out.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, int peerLength, List<IPEndPoint> peers)
    {
        for (; bytes.Length >= peerLength && peers.Count < AnnounceAnswer.MaxPeers; bytes = bytes[peerLength..])
        {
            if (CompactAddresses.ReadPeer(bytes[..peerLength]) is { Port: > 0 } peer)
            {
                peers.Add(peer);
            }
        }
    }
}
