namespace BttProxy.BitTorrent.Swarm;

/// <summary>What one torrent holds of the piece memory; its numbers change under the memory's lock.</summary>
internal sealed class PieceMemoryShare(PieceMemory memory)
{
    /// <summary>Bytes held.</summary>
    public long Used { get; set; }

    /// <summary>How many readers it serves; at least one.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>
    /// Null when the memory is used up, or when others wait that hold less for each of their readers: finish other pieces first. One
    /// that holds nothing always gets a buffer, so that a large piece cannot wait for ever.
    /// </summary>
    /// <param name="size">Bytes wanted.</param>
    /// <param name="readers">Whom it is for; a torrent that is fetched without any reader counts as one.</param>
    public byte[]? TryRent(int size, int readers) => memory.TryRent(this, size, Math.Max(1, readers));

    public void Return(byte[] buffer) => memory.Return(this, buffer);
}
