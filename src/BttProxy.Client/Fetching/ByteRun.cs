namespace BttProxy.Client.Fetching;

/// <summary>A contiguous stretch of missing content: one request to one relay. It may begin inside a piece, and ends with one.</summary>
/// <param name="Start">First byte, as an offset in the content.</param>
/// <param name="Length">Number of bytes, at least 1.</param>
internal readonly record struct ByteRun(long Start, long Length)
{
    public long End => Start + Length;
}
