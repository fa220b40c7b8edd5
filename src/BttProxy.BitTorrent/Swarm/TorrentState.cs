using BttProxy.BitTorrent.Cache;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Everything about one torrent that its connections, its readers and the piece workers share. <see cref="Gate"/> guards all of it; it
/// is held for microseconds and never across an await.
/// </summary>
internal sealed class TorrentState
{
    // Who was turned away tries again within about this time.
    private const int TurnedAwayMilliseconds = 30_000;

    public TorrentState(InfoHash infoHash, SwarmContext context)
    {
        InfoHash = infoHash;
        SwarmHashes = [infoHash];
        Context = context;
        Metadata = new MetadataDownload(metadata => SwarmHashes.Any(hash => hash.Names(metadata)), context.Options.MetadataTimeout);
        Slots = new UploadSlots(context.Options.UploadSlots, new Random());
        Download = new PieceDownload(this);
        Completion = new PieceCompletion(this);
        Exchange = new PeerExchange(this);
        Hashes = new HashDownload(this);
        HashUpload = new HashUpload(this);
    }

    public Lock Gate { get; } = new();

    /// <summary>What the torrent was added by.</summary>
    public InfoHash InfoHash { get; }

    /// <summary>The swarms that are known to be the torrent's: <see cref="InfoHash"/>, and of a hybrid one (BEP 52) the other too.</summary>
    public IReadOnlyList<InfoHash> SwarmHashes { get; private set; }

    /// <summary>The v2 info-hash as far as swarms know it; null when there is none or it is not known.</summary>
    public InfoHash? Version2Hash { get; private set; }

    public SwarmContext Context { get; }

    /// <summary>Null until the metadata is here and the store is open; so the next two.</summary>
    public TorrentInfo? Info { get; private set; }

    public PieceStore? Store { get; private set; }

    public PieceSchedule? Schedule { get; private set; }

    /// <summary>Null when nothing bounds what is kept.</summary>
    public CachedTorrent? Cached { get; private set; }

    public MetadataDownload Metadata { get; }

    public PieceDownload Download { get; }

    public PieceCompletion Completion { get; }

    public PeerExchange Exchange { get; }

    public HashDownload Hashes { get; }

    public HashUpload HashUpload { get; }

    public UploadSlots Slots { get; }

    public PeerBook Book { get; } = new();

    public List<PeerSession> Peers { get; } = [];

    public List<TorrentReader> Readers { get; } = [];

    public RateMeter DownloadRate { get; } = new();

    public RateMeter UploadRate { get; } = new();

    public long DuplicateBytes { get; set; }

    public long HashFailedBytes { get; set; }

    /// <summary>
    /// Set when the disk or the torrent's own hashes failed; nothing is fetched until somebody asks again. Or the volume is at its floor;
    /// then it goes on when there is space.
    /// </summary>
    public Exception? Failure
    {
        get => field ?? Context.Disk.Failure;
        set;
    }

    /// <summary>Asked for before the metadata arrived, too.</summary>
    public bool WantsAll { get; set; }

    public bool IsStopped { get; set; }

    /// <summary>Told a received info dictionary whose hash is right; opens the store.</summary>
    public Action<byte[]> MetadataReceived { get; set; } = static _ => { };

    /// <summary>Told that every piece layer of a v2 torrent is here; keeps them on disk.</summary>
    public Action HashesComplete { get; set; } = static () => { };

    /// <summary>
    /// Until when peers are told that we are interested although nothing is wanted: a client that reads range after range must not lose
    /// its place with each peer in between.
    /// </summary>
    public long InterestedUntil { get; set; }

    /// <summary>When a peer was last turned away for want of a place.</summary>
    public long? LastTurnedAwayAt { get; set; }

    /// <summary>Peers can be of use now.</summary>
    public bool IsWanting => !IsStopped && Failure is null && (Schedule is null || Schedule.IsWanting());

    /// <summary>
    /// Told to peers (BEP 21). Only with everything: whoever lacks a piece may want it for the next reader, and would find its places with
    /// seeds gone.
    /// </summary>
    public bool IsUploadOnly => Store is { Have.IsComplete: true };

    /// <summary>The torrent has been given back as often as the options want: of what was fetched, or of what was there from the start.</summary>
    public bool HasGivenEnough =>
        Context.Options.MaxUploadPercent is { } percent && Store is { } store
        && (Int128)UploadRate.Total * 100
            >= (Int128)percent * Math.Max(DownloadRate.Total, Math.Min(Info!.Length, (long)store.Have.Count * Info.PieceLength));

    public long Now => Context.Clock.Now;

    /// <summary>True when somebody would take the place of a peer that is of no use.</summary>
    public bool DoOthersWait(long now) =>
        (IsWanting && Book.Count > Peers.Count)
        || now - LastTurnedAwayAt < TurnedAwayMilliseconds
        || now - Context.LastTurnedAwayAt < TurnedAwayMilliseconds;

    /// <summary>Our side of a handshake in one of the torrent's swarms.</summary>
    public Handshake OwnHandshake(InfoHash swarm) => new(
        swarm, Context.PeerId, SupportsExtensions: true, SupportsFast: true, SupportsVersion2: Version2Hash is not null);

    public void LearnHashes(InfoHash? version1, InfoHash? version2)
    {
        InfoHash?[] others = [version1, version2];
        SwarmHashes = [InfoHash, .. others.OfType<InfoHash>().Where(hash => hash != InfoHash)];
        Version2Hash = version2;
    }

    public void Open(TorrentInfo info, PieceStore store, CachedTorrent? cached = null)
    {
        Store = store;
        Cached = cached;
        Info = info;
        Schedule = new PieceSchedule(info, store.Have, Context.Memory) { WantsAll = WantsAll };
        if (cached is not null)
        {
            Schedule.HasRoom = bytes => Context.Cache!.HasRoom(cached, Context.Memory.Used + bytes);
        }
        Hashes.Open();
    }
}
