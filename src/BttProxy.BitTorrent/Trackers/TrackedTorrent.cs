using BttProxy.BitTorrent.Swarm;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>What the trackers of one tier were told of one swarm of a torrent, and when it is time to tell them again.</summary>
/// <param name="torrent">The torrent.</param>
/// <param name="swarm">One of its info-hashes.</param>
/// <param name="context">The clock, and who we are.</param>
/// <param name="key">By which trackers know us again.</param>
internal sealed class TrackedTorrent(Torrent torrent, InfoHash swarm, SwarmContext context, uint key)
{
    // Nobody knows how much is left before the metadata is here; trackers take 0 for a seed.
    private const long UnknownLeft = 16 * 1024;

    private readonly Dictionary<Uri, ReadOnlyMemory<byte>?> _told = [];
    private Uri? _current;
    private bool _toldComplete;
    private long _announcedAt = long.MinValue;
    private long _nextAt;
    private int _failures;

    public bool IsPrivate => torrent.Info is { IsPrivate: true };

    /// <summary>Trackers that answered: they want to hear of the end.</summary>
    public IReadOnlyCollection<Uri> Told => _told.Keys;

    private bool IsNewlyComplete => _told.Count > 0 && !_toldComplete && torrent.Have is { IsComplete: true };

    public bool IsDue(TimeSpan aloneInterval)
    {
        if (!torrent.IsWorthAnnouncing)
        {
            return false;
        }
        var now = context.Clock.Now;
        var isAlone = torrent.IsWanting && torrent.PeerCount == 0 && _announcedAt != long.MinValue && _failures == 0
            && now - _announcedAt >= (long)aloneInterval.TotalMilliseconds;
        return now >= _nextAt || isAlone || IsNewlyComplete;
    }

    public TrackerEvent NextEvent(Uri tracker) =>
        !_told.ContainsKey(tracker) ? TrackerEvent.Started : IsNewlyComplete ? TrackerEvent.Completed : TrackerEvent.None;

    public AnnounceRequest Request(Uri tracker, TrackerEvent trackerEvent, int peersWanted)
    {
        var totals = torrent.Totals;
        return new AnnounceRequest
        {
            InfoHash = swarm,
            PeerId = context.PeerId,
            Port = context.ListenPort,
            Key = key,
            Uploaded = totals.UploadedBytes,
            Downloaded = totals.UsefulBytes,
            Left = Left(),
            Event = trackerEvent,
            PeersWanted = torrent.IsWanting ? peersWanted : 0,
            TrackerId = _told.GetValueOrDefault(tracker),
        };
    }

    public void OnAnswer(Uri tracker, TrackerEvent told, AnnounceAnswer answer)
    {
        if (IsPrivate && _current is not null && _current != tracker)
        {
            // BEP 27: each tracker of a private torrent is a swarm of its own.
            torrent.Peers.Leave();
        }
        _current = tracker;
        _failures = 0;
        _told[tracker] = answer.TrackerId ?? _told.GetValueOrDefault(tracker);
        // A torrent that was complete when it began is no completed download.
        _toldComplete |= told is TrackerEvent.Completed or TrackerEvent.Started && torrent.Have is { IsComplete: true };
        _announcedAt = context.Clock.Now;
        _nextAt = _announcedAt + (long)answer.Interval.TotalMilliseconds;
        foreach (var peer in answer.Peers)
        {
            torrent.AddPeer(peer, PeerSource.Tracker);
        }
    }

    public void OnFailure(TimeSpan first, TimeSpan last)
    {
        var wait = Math.Min(last.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 16)));
        _announcedAt = context.Clock.Now;
        _nextAt = _announcedAt + (long)wait;
    }

    private long Left()
    {
        if (torrent.Info is not { } info || torrent.Have is not { } have)
        {
            return UnknownLeft;
        }
        var left = 0L;
        for (var piece = 0; piece < have.Length; piece++)
        {
            left += have[piece] ? 0 : info.PieceSize(piece);
        }
        return left;
    }
}
