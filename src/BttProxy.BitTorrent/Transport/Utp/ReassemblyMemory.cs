namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>
/// Bytes that wait behind missing packets, in all connections of an endpoint: peers who never send what is missing would otherwise fill a
/// window each. Thread-safe.
/// </summary>
internal sealed class ReassemblyMemory(long limit)
{
    private long _taken;

    public long Taken => Interlocked.Read(ref _taken);

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limit)
        {
            return true;
        }
        Return(bytes);
        return false;
    }

    public void Return(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
