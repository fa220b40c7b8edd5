using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>A piece that is being put together in memory: who was asked for which block, and who sent it.</summary>
internal sealed class PieceAssembly
{
    private readonly PeerSession?[] _first;
    private readonly PeerSession?[] _second;
    private readonly long[] _askedAt;
    private readonly PeerSession?[] _sources;
    private readonly bool[] _received;
    private readonly int _transferSize;
    private int _free;
    private int _missing;
    private int _cursor;

    /// <param name="index">The piece.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="transferSize">Those of them that peers send; zeros follow.</param>
    /// <param name="buffer">Where it is put together.</param>
    public PieceAssembly(int index, int size, int transferSize, byte[] buffer)
    {
        Index = index;
        Size = size;
        Buffer = buffer;
        _transferSize = transferSize;
        buffer.AsSpan(transferSize, size - transferSize).Clear();
        var blocks = BlockCountOf(transferSize);
        _first = new PeerSession?[blocks];
        _second = new PeerSession?[blocks];
        _askedAt = new long[blocks];
        _sources = new PeerSession?[blocks];
        _received = new bool[blocks];
        _free = _missing = blocks;
    }

    public int Index { get; }

    public int Size { get; }

    public byte[] Buffer { get; }

    public int BlockCount => _received.Length;

    /// <summary>Blocks that nobody was asked for.</summary>
    public int Free => _free;

    public bool IsComplete => _missing == 0;

    /// <summary>Listed by the schedule among those that have blocks to ask for.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Incomplete, and nobody owes a block of it.</summary>
    public bool IsAbandoned => _missing > 0 && _free == _missing;

    /// <summary>The hash was right; the piece may be read from memory.</summary>
    public bool IsVerified { get; set; }

    /// <summary>When set, only this peer may send the piece: with several sources an earlier try failed.</summary>
    public bool OneSourceOnly { get; init; }

    public PeerSession? OnlySource { get; private set; }

    public ReadOnlySpan<byte> Data => Buffer.AsSpan(0, Size);

    public IReadOnlyList<PeerSession?> Sources => _sources;

    public static int BlockCountOf(int pieceSize) => (pieceSize + BlockRequest.BlockLength - 1) / BlockRequest.BlockLength;

    public int BlockSize(int block) => Math.Min(BlockRequest.BlockLength, _transferSize - (block * BlockRequest.BlockLength));

    public BlockRequest Request(int block) => new(Index, block * BlockRequest.BlockLength, BlockSize(block));

    public bool IsReceived(int block) => _received[block];

    /// <summary>True when this peer may be asked for blocks of the piece.</summary>
    public bool Accepts(PeerSession peer) => !OneSourceOnly || OnlySource is null || OnlySource == peer;

    /// <summary>Takes the next block that nobody was asked for; -1 when there is none.</summary>
    public int Take(PeerSession peer, long now)
    {
        if (_free == 0)
        {
            return -1;
        }
        while (_received[_cursor] || _first[_cursor] is not null)
        {
            _cursor = (_cursor + 1) % BlockCount;
        }
        _first[_cursor] = peer;
        _askedAt[_cursor] = now;
        _free--;
        if (OneSourceOnly)
        {
            OnlySource = peer;
        }
        return _cursor;
    }

    /// <summary>Those who were asked for a missing block: nobody, one or two.</summary>
    public (PeerSession? First, PeerSession? Second) Requesters(int block) => (_first[block], _second[block]);

    /// <summary>When the block was last asked of a first or a third peer.</summary>
    public long AskedAt(int block) => _askedAt[block];

    /// <summary>Asks one more peer for a block that is late.</summary>
    /// <returns>A peer whose place it takes, from which the request is to be taken back.</returns>
    public PeerSession? TakeSecond(int block, PeerSession peer, long now)
    {
        var replaced = _second[block];
        _second[block] = peer;
        if (replaced is not null)
        {
            _askedAt[block] = now;
        }
        return replaced;
    }

    /// <summary>The peer will not send the block.</summary>
    public void Release(int block, PeerSession peer)
    {
        if (_received[block])
        {
            return;
        }
        if (_second[block] == peer)
        {
            _second[block] = null;
        }
        else if (_first[block] == peer)
        {
            _first[block] = _second[block];
            _second[block] = null;
            if (_first[block] is null)
            {
                _free++;
                _cursor = Math.Min(_cursor, block);
            }
        }
        if (OnlySource == peer && Array.IndexOf(_first, peer) < 0)
        {
            ForgetOnlySource();
        }
    }

    /// <summary>Copies a block in. The caller has checked that it is missing and has the right size.</summary>
    /// <returns>Another peer that was asked for the same block, to be told that it is no longer wanted.</returns>
    public PeerSession? Receive(int block, PeerSession peer, ReadOnlySpan<byte> data)
    {
        data.CopyTo(Buffer.AsSpan(block * BlockRequest.BlockLength));
        if (_first[block] is null)
        {
            _free--;
        }
        _received[block] = true;
        _sources[block] = peer;
        _missing--;
        var other = _first[block] == peer ? _second[block] : _first[block];
        _first[block] = _second[block] = null;
        return other;
    }

    /// <summary>Fills a block that is padding (BEP 47) with zeros, without asking anybody.</summary>
    public void FillWithZeros(int block)
    {
        Buffer.AsSpan(block * BlockRequest.BlockLength, BlockSize(block)).Clear();
        _received[block] = true;
        _missing--;
        _free--;
    }

    /// <summary>The peers that were asked for blocks which are still missing.</summary>
    public IEnumerable<(int Block, PeerSession Peer)> Outstanding()
    {
        for (var block = 0; block < BlockCount; block++)
        {
            if (_first[block] is { } first)
            {
                yield return (block, first);
            }
            if (_second[block] is { } second)
            {
                yield return (block, second);
            }
        }
    }

    /// <summary>The one source left in the middle: start over with another, so that a failure has one author.</summary>
    private void ForgetOnlySource()
    {
        OnlySource = null;
        for (var block = 0; block < BlockCount; block++)
        {
            if (_received[block] && _sources[block] is not null)
            {
                _received[block] = false;
                _sources[block] = null;
                _missing++;
                _free++;
            }
        }
        _cursor = 0;
    }
}
