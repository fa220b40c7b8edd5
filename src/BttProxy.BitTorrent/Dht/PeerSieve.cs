using System.Net;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// Passes each peer of the answers to one lookup on, once and if it may be dialled. Thread-safe: both networks answer
/// at the same time.
/// </summary>
internal sealed class PeerSieve(ConnectGuard guard, Action<IPEndPoint> pass)
{
    private readonly Lock _gate = new();
    private readonly HashSet<IPEndPoint> _seen = [];

    public void Add(BencodeDictionary reply)
    {
        foreach (var value in reply.FindList("values"u8)?.Items ?? [])
        {
            if (value is BencodeString compact && CompactAddresses.ReadPeer(compact.Bytes.Span) is { } peer
                && guard.Allows(peer, out _) && IsNew(peer))
            {
                pass(peer);
            }
        }
    }

    private bool IsNew(IPEndPoint peer)
    {
        lock (_gate)
        {
            return _seen.Count < DhtLimits.LookupPeers && _seen.Add(peer);
        }
    }
}
