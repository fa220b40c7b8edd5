using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Blocks that lie wholly in padding files (BEP 47) are zeros by definition and cost no traffic.</summary>
internal static class PaddingBlocks
{
    public static void Fill(TorrentInfo info, PieceAssembly assembly)
    {
        var start = (long)assembly.Index * info.PieceLength;
        foreach (var file in info.Files)
        {
            if (!file.IsPadding || file.Offset >= start + assembly.Size || file.Offset + file.Length <= start)
            {
                continue;
            }
            var from = Math.Max(0, file.Offset - start);
            var to = Math.Min(assembly.Size, file.Offset + file.Length - start);
            if (to - from == assembly.Size)
            {
                // Nothing would be left to ask for, and so nothing to check; no sane torrent has such a piece.
                return;
            }
            for (var block = (int)((from + BlockRequest.BlockLength - 1) / BlockRequest.BlockLength); block < assembly.BlockCount; block++)
            {
                if (((long)block * BlockRequest.BlockLength) + assembly.BlockSize(block) > to)
                {
                    break;
                }
                assembly.FillWithZeros(block);
            }
        }
    }
}
