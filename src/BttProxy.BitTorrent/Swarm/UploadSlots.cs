using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Which peers may take data from us: the first that are interested, up to a number. Changed only under the torrent's lock.</summary>
internal sealed class UploadSlots(int slots)
{
    /// <summary>Requests of one peer that are kept until they are answered.</summary>
    public const int MaxQueue = 500;

    private readonly List<PeerSession> _unchoked = [];
    private readonly List<PeerSession> _waiting = [];

    public void OnInterested(PeerSession peer)
    {
        peer.IsInterested = true;
        if (_unchoked.Contains(peer) || _waiting.Contains(peer))
        {
            return;
        }
        if (_unchoked.Count < slots)
        {
            Unchoke(peer);
        }
        else
        {
            _waiting.Add(peer);
        }
    }

    public void OnNotInterested(PeerSession peer)
    {
        peer.IsInterested = false;
        if (!peer.AmChoking)
        {
            peer.AmChoking = true;
            peer.Uploads.Clear();
            peer.Output.Write(PeerMessageId.Choke);
            peer.Wake();
        }
        Remove(peer);
    }

    /// <summary>The peer left, or lost interest: the next one waiting gets its place.</summary>
    public void Remove(PeerSession peer)
    {
        _waiting.Remove(peer);
        if (_unchoked.Remove(peer) && _waiting.Count > 0)
        {
            var next = _waiting[0];
            _waiting.RemoveAt(0);
            Unchoke(next);
        }
    }

    private void Unchoke(PeerSession peer)
    {
        _unchoked.Add(peer);
        peer.AmChoking = false;
        peer.Output.Write(PeerMessageId.Unchoke);
        peer.Wake();
    }
}
