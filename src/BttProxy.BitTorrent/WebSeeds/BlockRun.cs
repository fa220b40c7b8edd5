using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.WebSeeds;

/// <summary>Blocks that follow each other in the content, to be fetched as one.</summary>
internal sealed class BlockRun
{
    /// <summary>More at once would hold up what a reader wants meanwhile.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    private readonly List<BlockRequest> _blocks = [];

    private BlockRun(long offset) => Offset = offset;

    /// <summary>In the torrent's concatenated content.</summary>
    public long Offset { get; }

    public int Length { get; private set; }

    public IReadOnlyList<BlockRequest> Blocks => _blocks;

    /// <summary>Takes the longest run from the front of the queue; null when it is empty.</summary>
    public static BlockRun? Take(Queue<BlockRequest> queue, TorrentInfo info)
    {
        BlockRun? run = null;
        while (queue.TryPeek(out var block))
        {
            var offset = ((long)block.Piece * info.PieceLength) + block.Begin;
            run ??= new BlockRun(offset);
            if (offset != run.Offset + run.Length || run.Length + block.Length > MaxLength)
            {
                return run;
            }
            run._blocks.Add(queue.Dequeue());
            run.Length += block.Length;
        }
        return run;
    }
}
