using System.Threading.Channels;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Fetching;

/// <summary>The torrent being assembled: what is missing, what is being checked, what is on disk. Thread-safe.</summary>
internal sealed class DownloadContent : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly PieceSchedule _schedule;
    private readonly PieceVerifier _verifier;
    private readonly Action<RelayId> _cheated;
    private readonly Channel<bool> _verdicts = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _checking;

    /// <param name="store">Open; disposed with this.</param>
    /// <param name="cheated">Told each relay that alone delivered a piece with a wrong hash.</param>
    /// <param name="stopping">Ends hashing and writing.</param>
    public DownloadContent(PieceStore store, Action<RelayId> cheated, CancellationToken stopping)
    {
        Store = store;
        _cheated = cheated;
        Geometry = new PieceGeometry(store.Info.Length, store.Info.PieceLength);
        _schedule = new PieceSchedule(Geometry, store.HasPiece);
        BytesAtStart = _schedule.VerifiedBytes;
        _verifier = new PieceVerifier(store, OnChecked, stopping);
    }

    public PieceStore Store { get; }

    public TorrentInfo Info => Store.Info;

    public PieceGeometry Geometry { get; }

    /// <summary>What an earlier run left, verified.</summary>
    public long BytesAtStart { get; }

    public int VerifiedPieces
    {
        get
        {
            lock (_gate)
            {
                return _schedule.VerifiedPieces;
            }
        }
    }

    public long VerifiedBytes
    {
        get
        {
            lock (_gate)
            {
                return _schedule.VerifiedBytes;
            }
        }
    }

    public bool IsComplete => VerifiedPieces == Geometry.Count;

    /// <summary>Fails when the disk fails.</summary>
    public Task Storing => _verifier.Completion;

    public ByteRun? Take(long maximumLength)
    {
        lock (_gate)
        {
            return _schedule.Take(maximumLength);
        }
    }

    public PieceBuffer Begin(int piece)
    {
        lock (_gate)
        {
            return _schedule.Begin(piece);
        }
    }

    public void GiveBack(ByteRun run, long reached, PieceBuffer? begun)
    {
        lock (_gate)
        {
            _schedule.GiveBack(run, reached, begun);
        }
    }

    /// <summary>Another relay takes over: pieces that failed as a mixture are begun anew.</summary>
    public void ChangeRelay()
    {
        lock (_gate)
        {
            _schedule.DropMixable();
        }
    }

    /// <summary>
    /// Hands a full piece to be checked and stored. Not cancellable: a piece that was received and is lost on the way to its check
    /// would never be asked for again. The wait is short, or ends when the disk fails.
    /// </summary>
    public ValueTask CompleteAsync(PieceBuffer piece)
    {
        lock (_gate)
        {
            _schedule.Checking(piece.Index);
            _checking++;
        }

        return _verifier.AddAsync(piece);
    }

    /// <summary>Waits until every piece handed in has its verdict.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _checking) > 0)
        {
            await await Task.WhenAny(_verdicts.Reader.ReadAsync(cancellationToken).AsTask(), _verifier.Completion);
        }
    }

    /// <summary>Waits until the last good piece is on disk.</summary>
    public async Task FlushAsync()
    {
        _verifier.Complete();
        await _verifier.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        await _verifier.DisposeAsync();
        lock (_gate)
        {
            _schedule.Clear();
        }

        await Store.DisposeAsync();
    }

    private void OnChecked(PieceBuffer piece, bool isGood)
    {
        lock (_gate)
        {
            _checking--;
            if (isGood)
            {
                _schedule.Verified(piece.Index);
            }
            else
            {
                _schedule.Failed(piece.Index);
            }
        }

        foreach (var (session, bytes) in piece.Contributions)
        {
            if (isGood)
            {
                session.AddVerified(bytes);
            }
            else if (piece.IsFromOneRelay)
            {
                session.Discard(bytes);
            }

            // A mixed piece stays "received, not verified": the relay that did nothing wrong would else count it as unpaid for ever
            // and run out of credit. What it can be paid is bounded by one window either way.
        }

        if (!isGood && piece.IsFromOneRelay)
        {
            _cheated(piece.Contributions[0].Session.Relay);
        }

        _verdicts.Writer.TryWrite(true);
    }
}
