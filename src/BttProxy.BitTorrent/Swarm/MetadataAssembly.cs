using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>An info dictionary of one claimed size. Memory grows with what arrives, not with what is claimed.</summary>
internal sealed class MetadataAssembly(int size)
{
    // A peer that is asked and silent must not hold up the start: after this another one is asked too.
    private const int LateMilliseconds = 1000;

    private readonly Block[] _blocks = new Block[(size + MetadataMessage.BlockLength - 1) / MetadataMessage.BlockLength];
    private bool _oneSourceOnly;
    private PeerSession? _onlySource;

    public int Size => size;

    /// <summary>Bytes that are here.</summary>
    public int Received { get; private set; }

    public long LastReceivedAt { get; private set; }

    public bool IsComplete => Array.TrueForAll(_blocks, block => block.Data is not null);

    /// <summary>The next block to ask this peer for; null when there is none.</summary>
    public int? Take(PeerSession peer, long now)
    {
        if (_oneSourceOnly && (_onlySource ??= peer) != peer)
        {
            return null;
        }
        for (var i = 0; i < _blocks.Length; i++)
        {
            if (_blocks[i] is { Data: null } block
                && (block.Asked is null || (block.Asked != peer && !_oneSourceOnly && now - block.AskedAt > LateMilliseconds)))
            {
                _blocks[i].Asked = peer;
                _blocks[i].AskedAt = now;
                return i;
            }
        }
        return null;
    }

    /// <summary>Takes a block from a peer that was asked; false when it is not wanted from it or has the wrong size.</summary>
    public bool Receive(PeerSession peer, int index, ReadOnlySpan<byte> data, long now)
    {
        if (index >= _blocks.Length || _blocks[index].Data is not null || (_oneSourceOnly && _onlySource != peer)
            || data.Length != Math.Min(MetadataMessage.BlockLength, size - (index * MetadataMessage.BlockLength)))
        {
            return false;
        }
        _blocks[index] = new Block { Data = data.ToArray(), Source = peer };
        Received += data.Length;
        LastReceivedAt = now;
        return true;
    }

    public void Release(PeerSession peer)
    {
        if (_onlySource == peer)
        {
            StartOver(_oneSourceOnly);
            return;
        }
        for (var i = 0; i < _blocks.Length; i++)
        {
            if (_blocks[i].Asked == peer)
            {
                _blocks[i].Asked = null;
            }
        }
    }

    public long? OldestRequest(PeerSession peer)
    {
        long? oldest = null;
        foreach (var block in _blocks)
        {
            if (block.Asked == peer && (oldest is null || block.AskedAt < oldest))
            {
                oldest = block.AskedAt;
            }
        }
        return oldest;
    }

    public PeerSession? SingleSource() => Array.TrueForAll(_blocks, block => block.Source == _blocks[0].Source) ? _blocks[0].Source : null;

    public void StartOver(bool oneSourceOnly)
    {
        Array.Clear(_blocks);
        Received = 0;
        _oneSourceOnly = oneSourceOnly;
        _onlySource = null;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[size];
        for (var i = 0; i < _blocks.Length; i++)
        {
            _blocks[i].Data!.CopyTo(bytes, i * MetadataMessage.BlockLength);
        }
        return bytes;
    }

    private struct Block
    {
        public byte[]? Data;
        public PeerSession? Source;
        public PeerSession? Asked;
        public long AskedAt;
    }
}
