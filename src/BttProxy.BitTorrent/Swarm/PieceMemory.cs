using System.Buffers;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The memory in which pieces are put together, bounded for all torrents of an engine. Thread-safe.</summary>
internal sealed class PieceMemory(long limit)
{
    private long _used;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Null when the limit is reached: finish other pieces first.</summary>
    /// <param name="size">Bytes wanted; the buffer may be larger.</param>
    /// <param name="isFirst">True when the caller holds no buffer; then it gets one, so that a large piece cannot wait for ever.</param>
    public byte[]? TryRent(int size, bool isFirst)
    {
        if (Interlocked.Add(ref _used, size) > limit && !isFirst)
        {
            Interlocked.Add(ref _used, -size);
            return null;
        }
        return ArrayPool<byte>.Shared.Rent(size);
    }

    public void Return(byte[] buffer, int size)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        Interlocked.Add(ref _used, -size);
    }
}
