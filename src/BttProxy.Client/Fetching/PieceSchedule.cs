namespace BttProxy.Client.Fetching;

/// <summary>
/// Which pieces are missing, on their way, being checked or verified, and what to ask for next. Pure bookkeeping, no I/O;
/// the caller holds a lock.
/// </summary>
internal sealed class PieceSchedule
{
    private readonly State[] _pieces;
    private readonly Dictionary<int, PieceBuffer> _partial = [];
    private readonly HashSet<int> _singleSource = [];
    private int _firstMissing;

    public PieceSchedule(PieceGeometry geometry, Func<int, bool> isVerified)
    {
        Geometry = geometry;
        _pieces = new State[geometry.Count];
        for (var piece = 0; piece < _pieces.Length; piece++)
        {
            if (isVerified(piece))
            {
                _pieces[piece] = State.Verified;
                VerifiedPieces++;
                VerifiedBytes += geometry.Size(piece);
            }
        }
    }

    private enum State : byte
    {
        Missing,
        Requested,
        Checking,
        Verified,
    }

    public PieceGeometry Geometry { get; }

    public int VerifiedPieces { get; private set; }

    public long VerifiedBytes { get; private set; }

    public bool IsComplete => VerifiedPieces == _pieces.Length;

    /// <summary>Bytes that were delivered for pieces which are not complete, and which the next relay continues.</summary>
    public long PartialBytes => _partial.Values.Sum(static buffer => (long)buffer.Filled);

    /// <summary>
    /// The first missing stretch, ended by a piece that is here or on its way, by one that was begun already, or by the limit.
    /// Null when nothing is missing or the limit does not reach the end of one piece: a part of a piece cannot be verified.
    /// </summary>
    public ByteRun? Take(long maximumLength)
    {
        while (_firstMissing < _pieces.Length && _pieces[_firstMissing] != State.Missing)
        {
            _firstMissing++;
        }

        if (_firstMissing == _pieces.Length)
        {
            return null;
        }

        var first = _firstMissing;
        var start = Geometry.Start(first) + (_partial.TryGetValue(first, out var begun) ? begun.Filled : 0);
        var end = start;
        for (var piece = first; piece < _pieces.Length && _pieces[piece] == State.Missing; piece++)
        {
            var next = Geometry.Start(piece) + Geometry.Size(piece);
            if (next - start > maximumLength || (piece > first && _partial.ContainsKey(piece)))
            {
                break;
            }

            _pieces[piece] = State.Requested;
            end = next;
        }

        return end == start ? null : new ByteRun(start, end - start);
    }

    /// <summary>The buffer to fill for a requested piece: the begun one, or a new one.</summary>
    public PieceBuffer Begin(int piece)
    {
        Expect(piece, State.Requested);
        return _partial.Remove(piece, out var buffer) ? buffer : new PieceBuffer(piece, Geometry.Size(piece));
    }

    /// <summary>A run that ended early: what is missing of it is offered again, the begun piece is kept.</summary>
    /// <param name="run">What was asked for.</param>
    /// <param name="reached">The offset up to which bytes arrived.</param>
    /// <param name="begun">The piece that was being filled, if any.</param>
    public void GiveBack(ByteRun run, long reached, PieceBuffer? begun)
    {
        var first = begun?.Index ?? (int)(reached / Geometry.PieceLength);
        for (var piece = first; piece < _pieces.Length && Geometry.Start(piece) < run.End; piece++)
        {
            Expect(piece, State.Requested);
            Reopen(piece);
        }

        if (begun is null)
        {
            return;
        }

        if (begun.Filled == 0)
        {
            begun.Dispose();
        }
        else
        {
            _partial.Add(begun.Index, begun);
        }
    }

    public void Checking(int piece)
    {
        Expect(piece, State.Requested);
        _pieces[piece] = State.Checking;
    }

    public void Verified(int piece)
    {
        Expect(piece, State.Checking);
        _pieces[piece] = State.Verified;
        _singleSource.Remove(piece);
        VerifiedPieces++;
        VerifiedBytes += Geometry.Size(piece);
    }

    /// <summary>The piece's hash is wrong: it is asked for again from its first byte.</summary>
    public void Failed(int piece)
    {
        Expect(piece, State.Checking);
        _singleSource.Add(piece);
        Reopen(piece);
    }

    /// <summary>
    /// Forgets begun pieces that failed before and so must come from one relay: call it when the relay changes.
    /// </summary>
    public void DropMixable()
    {
        foreach (var piece in _singleSource)
        {
            if (_partial.Remove(piece, out var buffer))
            {
                buffer.Dispose();
            }
        }
    }

    /// <summary>Returns the pooled arrays of begun pieces.</summary>
    public void Clear()
    {
        foreach (var buffer in _partial.Values)
        {
            buffer.Dispose();
        }

        _partial.Clear();
    }

    private void Reopen(int piece)
    {
        _pieces[piece] = State.Missing;
        _firstMissing = Math.Min(_firstMissing, piece);
    }

    private void Expect(int piece, State state)
    {
        if (_pieces[piece] != state)
        {
            throw new InvalidOperationException($"Piece {piece} is {_pieces[piece]}, not {state}.");
        }
    }
}
