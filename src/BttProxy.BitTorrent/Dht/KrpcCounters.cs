namespace BttProxy.BitTorrent.Dht;

/// <summary>Packets of one socket, counted by what became of them. Thread-safe.</summary>
internal sealed class KrpcCounters
{
    private readonly long[] _dropped = new long[Enum.GetValues<DhtDropReason>().Length];
    private readonly long[,] _queries = new long[Enum.GetValues<KrpcMethod>().Length, Enum.GetValues<KrpcResult>().Length];
    private long _sent;
    private long _received;

    public long Sent => Interlocked.Read(ref _sent);

    public long Received => Interlocked.Read(ref _received);

    public void CountSent() => Interlocked.Increment(ref _sent);

    public void CountReceived() => Interlocked.Increment(ref _received);

    public void CountDropped(DhtDropReason reason) => Interlocked.Increment(ref _dropped[(int)reason]);

    public void CountQuery(KrpcMethod method, KrpcResult result) => Interlocked.Increment(ref _queries[(int)method, (int)result]);

    public long Queries(KrpcMethod method, KrpcResult result) => Interlocked.Read(ref _queries[(int)method, (int)result]);

    public long Dropped(DhtDropReason reason) => Interlocked.Read(ref _dropped[(int)reason]);

    public IReadOnlyDictionary<DhtDropReason, long> DroppedByReason() => Enum.GetValues<DhtDropReason>().ToDictionary(reason => reason, Dropped);
}
