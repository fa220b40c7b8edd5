namespace BttProxy.Devnet.Chain.Vm;

/// <summary>The memory of one call: zeros until written, in whole words, at most 3 MiB (java-tron's MEM_LIMIT).</summary>
internal sealed class FrameMemory
{
    public const int Limit = 3 * 1024 * 1024;

    private byte[] _bytes = [];

    /// <summary>Bytes in use: a multiple of 32.</summary>
    public int Size { get; private set; }

    /// <summary>What it costs to make room for so many bytes.</summary>
    public long PriceOf(long bytes) => bytes <= Size ? 0 : Price(WordArithmetic.Words(bytes)) - Price(Size / UInt256.Bytes);

    public void Grow(long bytes)
    {
        if (bytes <= Size)
        {
            return;
        }

        Size = (int)WordArithmetic.Words(bytes) * UInt256.Bytes;
        if (Size > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Size, Math.Min(Limit, Math.Max(1024, 2 * _bytes.Length))));
        }
    }

    public Span<byte> Span(long offset, long size) => size == 0 ? [] : _bytes.AsSpan((int)offset, (int)size);

    /// <summary>Copies from <paramref name="source"/>, past whose end there are zeros.</summary>
    public void CopyPadded(ReadOnlySpan<byte> source, UInt256 sourceOffset, long offset, long size)
    {
        var destination = Span(offset, size);
        var from = (int)sourceOffset.AtMost(source.Length);
        var count = (int)Math.Min(size, source.Length - from);
        source.Slice(from, count).CopyTo(destination);
        destination[count..].Clear();
    }

    private static long Price(long words) =>
        (words * EnergyPrice.MemoryWord) + (words * words / EnergyPrice.MemoryDivisor);
}
