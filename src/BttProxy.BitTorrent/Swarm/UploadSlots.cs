using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// The places of those that may take data from us. While there are enough, who is interested has one at once; when not, they are
/// given anew every ten seconds by <see cref="ChokeRules"/>. Changed only under the torrent's lock.
/// </summary>
internal sealed class UploadSlots(int slots, Random random)
{
    /// <summary>Requests of one peer that are kept until they are answered.</summary>
    public const int MaxQueue = 500;

    private const int RoundMilliseconds = 10_000;
    private const int RoundsPerDraw = 3;

    private readonly List<PeerSession> _interested = [];
    private PeerSession? _drawn;
    private int _serving;
    private int _round;
    private long _nextRound;
    private bool _isClosed;

    public void OnInterested(PeerSession peer, long now)
    {
        peer.IsInterested = true;
        if (!_interested.Contains(peer))
        {
            _interested.Add(peer);
            peer.ChokingSince = now;
            Fill(now);
        }
    }

    public void OnNotInterested(PeerSession peer, long now)
    {
        peer.IsInterested = false;
        Choke(peer, now);
        _interested.Remove(peer);
        Fill(now);
    }

    /// <summary>The peer left: the next one waiting gets its place.</summary>
    public void Remove(PeerSession peer, long now)
    {
        if (_interested.Remove(peer) && !peer.AmChoking)
        {
            _serving--;
        }
        if (_drawn == peer)
        {
            _drawn = null;
        }
        Fill(now);
    }

    /// <param name="isWanting">We want data from others ourselves.</param>
    /// <param name="mayGive">False while the torrent has given enough: nobody gets anything.</param>
    /// <param name="now">In milliseconds.</param>
    public void Tick(bool isWanting, bool mayGive, long now)
    {
        if (_isClosed == mayGive)
        {
            _isClosed = !mayGive;
            Apply([], now);
            Fill(now);
        }
        if (now >= _nextRound)
        {
            _nextRound = now + RoundMilliseconds;
            if (!_isClosed && _interested.Count > slots)
            {
                Rotate(isWanting, now);
            }
        }
    }

    private void Rotate(bool isWanting, long now)
    {
        var chosen = ChokeRules.Choose(_interested.Where(peer => peer != _drawn), Math.Max(1, slots - 1), isWanting, now);
        if (slots > 1)
        {
            if (_round++ % RoundsPerDraw == 0 || _drawn is null)
            {
                var before = _drawn;
                _drawn = ChokeRules.Draw([.. _interested.Where(peer => !chosen.Contains(peer) && peer != before)], random, now) ?? before;
            }
            if (_drawn is not null)
            {
                chosen.Add(_drawn);
            }
        }
        Apply(chosen, now);
        Fill(now);
    }

    private void Apply(HashSet<PeerSession> chosen, long now)
    {
        foreach (var peer in _interested)
        {
            if (!chosen.Contains(peer))
            {
                Choke(peer, now);
            }
        }
        foreach (var peer in chosen)
        {
            Unchoke(peer, now);
        }
    }

    /// <summary>Gives free places to those that wait, longest first.</summary>
    private void Fill(long now)
    {
        while (!_isClosed && _serving < slots && _interested.Where(static peer => peer.AmChoking).MinBy(static peer => peer.ChokingSince) is { } next)
        {
            Unchoke(next, now);
        }
    }

    private void Unchoke(PeerSession peer, long now)
    {
        if (peer.AmChoking)
        {
            peer.AmChoking = false;
            peer.ChokingSince = now;
            peer.Output.Write(PeerMessageId.Unchoke);
            peer.Wake();
            _serving++;
        }
    }

    private void Choke(PeerSession peer, long now)
    {
        if (peer.AmChoking)
        {
            return;
        }
        peer.AmChoking = true;
        peer.ChokingSince = now;
        _serving--;
        if (_drawn == peer)
        {
            _drawn = null;
        }
        peer.Output.Write(PeerMessageId.Choke);
        while (peer.Uploads.TryDequeue(out var request))
        {
            if (peer.SupportsFast)
            {
                // BEP 6: each request is answered, if only by a refusal.
                peer.Output.Write(PeerMessageId.RejectRequest, request);
            }
        }
        peer.Wake();
    }
}
