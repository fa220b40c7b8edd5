namespace BttProxy.BitTorrent.Dht;

/// <summary>Packets of one socket, counted by what became of them. Thread-safe.</summary>
internal sealed class KrpcCounters
{
    private readonly long[] _dropped = new long[Enum.GetValues<DhtDropReason>().Length];
    private long _sent;
    private long _received;

    public long Sent => Interlocked.Read(ref _sent);

    public long Received => Interlocked.Read(ref _received);

    public void CountSent() => Interlocked.Increment(ref _sent);

    public void CountReceived() => Interlocked.Increment(ref _received);

    public void CountDropped(DhtDropReason reason) => Interlocked.Increment(ref _dropped[(int)reason]);

    public long Dropped(DhtDropReason reason) => Interlocked.Read(ref _dropped[(int)reason]);

    public IReadOnlyDictionary<DhtDropReason, long> DroppedByReason() => Enum.GetValues<DhtDropReason>().ToDictionary(reason => reason, Dropped);
}
