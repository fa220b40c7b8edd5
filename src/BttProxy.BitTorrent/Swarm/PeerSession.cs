using System.Net;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>What is known about one connected peer of one torrent. Changed only under the torrent's lock.</summary>
internal sealed class PeerSession(IPEndPoint endPoint, Handshake handshake, bool isIncoming, int maxRequests, long now)
{
    // Before the metadata is here, a peer that announces more than this is only believed in part.
    private const int MaxEarlyHave = 16 * 1024;
    private const int MaxTellings = 1000;

    // BEP 6 wants one; each is five bytes and costs a walk over all pieces.
    private const int MaxShortTellings = 8;

    private readonly List<int> _earlyHave = [];
    private byte[]? _earlyBitfield;
    private bool _earlyHaveAll;
    private int _tellings;
    private int _shortTellings;

    public IPEndPoint EndPoint { get; } = endPoint;

    public PeerId PeerId { get; } = handshake.PeerId;

    /// <summary>The swarm in which we met: a hybrid torrent (BEP 52) has two.</summary>
    public InfoHash SwarmHash { get; } = handshake.InfoHash;

    public bool SupportsExtensions { get; } = handshake.SupportsExtensions;

    public bool SupportsFast { get; } = handshake.SupportsFast;

    public bool IsIncoming { get; } = isIncoming;

    public long ConnectedAt { get; } = now;

    /// <summary>An HTTP server that plays a peer; it has no address and takes nothing.</summary>
    public bool IsWebSeed { get; init; }

    /// <summary>Null until the number of pieces is known.</summary>
    public Bitfield? Have { get; private set; }

    public bool IsChokingUs { get; set; } = true;

    public bool IsInterested { get; set; }

    public bool AmChoking { get; set; } = true;

    /// <summary>When it was last choked or unchoked, or became interested.</summary>
    public long ChokingSince { get; set; } = now;

    public bool AmInterested { get; set; }

    public byte MetadataId { get; set; }

    public int? MetadataSize { get; set; }

    public PeerExchangeStanding Exchange { get; } = new();

    /// <summary>It says that it wants nothing (BEP 21): a seed, or one that has all the parts it was told to fetch.</summary>
    public bool IsUploadOnly { get; set; }

    /// <summary>What we last said of ourselves.</summary>
    public bool ToldUploadOnly { get; set; }

    /// <summary>Where the peer says that it takes connections.</summary>
    public int? ListenPort { get; set; }

    /// <summary>Where others may dial it; null when that is not known.</summary>
    public IPEndPoint? DialableEndPoint =>
        IsWebSeed ? null : !IsIncoming ? EndPoint : ListenPort is { } port ? new IPEndPoint(EndPoint.Address, port) : null;

    public RequestQueue Requests { get; } = new();

    public RequestPipeline Pipeline { get; } = new(maxRequests);

    public RateMeter Download { get; } = new();

    public RateMeter Upload { get; } = new();

    /// <summary>Blocks that the peer asked for and did not get yet.</summary>
    public Queue<BlockRequest> Uploads { get; } = new();

    /// <summary>Hashes that the peer asked for and did not get yet.</summary>
    public Queue<HashRequest> HashUploads { get; } = new();

    /// <summary>Messages for the next flush.</summary>
    public MessageWriter Output { get; set; } = new();

    /// <summary>Blocks that may still arrive although their requests were taken back.</summary>
    public int StaleBlocks { get; set; }

    public int UnrequestedBlocks { get; set; }

    public int UnrequestedHashes { get; set; }

    /// <summary>Requests for hashes of pieces that it made, and for those of blocks; see <see cref="HashUpload"/>.</summary>
    public int LayerRequests { get; set; }

    public int LeafRequests { get; set; }

    public int Timeouts { get; set; }

    /// <summary>How often in a row it chose us, took requests and threw us out again without a block.</summary>
    public int EmptyUnchokes { get; set; }

    public bool GotBlockSinceUnchoke { get; set; }

    /// <summary>Requests and cancels in a row that came to nothing; see <see cref="PeerProtocol"/>.</summary>
    public int RefusedRequests { get; set; }

    public MinimumRate MinimumRate { get; } = new();

    public long LastReceivedAt { get; set; } = now;

    public long LastBlockAt { get; set; } = now;

    public long LastSentAt { get; set; } = now;

    /// <summary>When a block last went either way, or the peer last waited for its turn.</summary>
    public long LastUsefulAt { get; set; } = now;

    /// <summary>When the flush under way began; null when none is.</summary>
    public long? SendingSince { get; set; }

    public long LastLateScanAt { get; set; }

    /// <summary>Its pieces count for which are rare; those of a peer that has everything do not.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Until when, and at which state of the list, a search for a piece to begin would find nothing again.</summary>
    public long NothingFoundUntil { get; set; }

    /// <inheritdoc cref="NothingFoundUntil"/>
    public int NothingFoundAt { get; set; }

    /// <summary>Set once; the connection ends with it.</summary>
    public DropReason Dropped { get; private set; }

    /// <summary>Wakes the sender of the connection.</summary>
    public Action Wake { get; set; } = static () => { };

    /// <summary>Ends the connection without waiting for the network.</summary>
    public Action Abort { get; set; } = static () => { };

    /// <summary>The block is no longer wanted of this peer, if it ever was; it may still come.</summary>
    public void TakeBack(BlockRequest request)
    {
        if (Requests.Remove(request.Piece, request.Begin / BlockRequest.BlockLength))
        {
            StaleBlocks++;
            Output.Write(PeerMessageId.Cancel, request);
            Wake();
        }
    }

    /// <summary>Ends the connection; the first reason stays.</summary>
    public void Drop(DropReason reason)
    {
        if (Dropped == DropReason.None)
        {
            Dropped = reason;
            Abort();
        }
    }

    /// <summary>True when both sides named the torrent by its v2 info-hash: then the peer knows of hash trees.</summary>
    public bool IsVersion2(Metainfo.TorrentInfo? info) => info?.InfoHashV2 is { } hash && hash.Truncated == SwarmHash;

    public bool Has(int piece) => Have is { } have && have[piece];

    /// <summary>
    /// Takes a bitfield. aria2 sends one in mid-session instead of many HAVEs, so a later one replaces what was told before.
    /// False when the size is wrong or the peer repeats itself without end.
    /// </summary>
    public bool SetPieces(ReadOnlySpan<byte> bits, int? pieceCount)
    {
        if (++_tellings > MaxTellings)
        {
            return false;
        }
        if (pieceCount is not { } count)
        {
            _earlyBitfield = bits.ToArray();
            _earlyHaveAll = false;
            _earlyHave.Clear();
            return bits.Length <= Bitfield.ByteCount(Metainfo.TorrentLimits.MaxPieces);
        }
        var valid = Bitfield.TryParse(bits, count, out var have);
        Have = have;
        return valid;
    }

    /// <summary>Takes HAVE ALL or HAVE NONE (BEP 6).</summary>
    public bool SetAllPieces(bool all, int? pieceCount)
    {
        if (++_shortTellings > MaxShortTellings)
        {
            return false;
        }
        _earlyHaveAll = all;
        _earlyBitfield = null;
        _earlyHave.Clear();
        if (pieceCount is { } count)
        {
            Have = new Bitfield(count);
            if (all)
            {
                Have.SetAll();
            }
        }
        return true;
    }

    /// <summary>Notes one piece; true when it is new and the number of pieces is known.</summary>
    public bool AddPiece(int piece, int? pieceCount)
    {
        if (pieceCount is { } count)
        {
            Have ??= new Bitfield(count);
            return Have.Set(piece);
        }
        if (_earlyHave.Count < MaxEarlyHave)
        {
            _earlyHave.Add(piece);
        }
        return false;
    }

    /// <summary>A peer that says nothing about its pieces has none.</summary>
    public void PrepareFor(int pieceCount) => Have ??= new Bitfield(pieceCount);

    /// <summary>Turns what the peer told before the metadata arrived into a bitfield; false when that cannot be.</summary>
    public bool LearnPieceCount(int count)
    {
        if (Have is not null)
        {
            return true;
        }
        var valid = true;
        Have = new Bitfield(count);
        if (_earlyBitfield is not null)
        {
            valid = Bitfield.TryParse(_earlyBitfield, count, out var have);
            Have = have;
        }
        else if (_earlyHaveAll)
        {
            Have.SetAll();
        }
        foreach (var piece in _earlyHave)
        {
            if (piece >= count)
            {
                return false;
            }
            Have.Set(piece);
        }
        _earlyHave.Clear();
        _earlyBitfield = null;
        return valid;
    }

    /// <summary>Milliseconds until the last block asked for should be here, by the peer's rate.</summary>
    /// <param name="time">Now.</param>
    /// <param name="more">Blocks that are not asked for yet.</param>
    public long ExpectedDelay(long time, int more = 0)
    {
        var rate = Download.Rate(time);
        return rate == 0 ? 1000 : (long)(Requests.Count + more) * BlockRequest.BlockLength * 1000 / rate;
    }
}
