using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.WebSeeds;

/// <summary>Cuts the bytes of a run, as they come, into its blocks.</summary>
internal sealed class BlockStream(BlockRun run, Memory<byte> buffer)
{
    private int _next;
    private int _taken;
    private int _filled;

    /// <summary>Where the next bytes go; never empty after whole blocks were taken.</summary>
    public Memory<byte> Room => buffer[_filled..];

    /// <summary>The blocks that were not taken yet.</summary>
    public IEnumerable<BlockRequest> Left => run.Blocks.Skip(_next);

    public void Advance(int bytes) => _filled += bytes;

    /// <summary>Takes the next block when all of it is here; its data stays valid until more is received.</summary>
    public bool TryTake(out BlockRequest block, out ReadOnlySpan<byte> data)
    {
        block = default;
        data = default;
        if (_next < run.Blocks.Count && _filled - _taken >= run.Blocks[_next].Length)
        {
            block = run.Blocks[_next++];
            data = buffer.Span.Slice(_taken, block.Length);
            _taken += block.Length;
            return true;
        }
        buffer[_taken.._filled].CopyTo(buffer);
        (_filled, _taken) = (_filled - _taken, 0);
        return false;
    }
}
