using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using BttProxy.BitTorrent;
using BttProxy.Discovery.Dht;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;

namespace BttProxy.UnitTests.Discovery;

/// <summary>A DHT in memory that stores what it is told, honest or not.</summary>
internal sealed class FakeRelayDht : IRelayDht
{
    private Func<SignedRelayRecord?> _self = () => null;

    public int NodeCount { get; set; } = 30;

    public int Copies { get; set; } = 20;

    public ConcurrentDictionary<InfoHash, ConcurrentQueue<IPEndPoint>> Rendezvous { get; } = new();

    public ConcurrentQueue<InfoHash> LookedUp { get; } = new();

    public ConcurrentDictionary<IPEndPoint, SignedRelayRecord> Answers { get; } = new();

    public ConcurrentDictionary<RelayId, SignedRelayRecord> Stored { get; } = new();

    public ConcurrentQueue<InfoHash> Announced { get; } = new();

    public ConcurrentQueue<SignedRelayRecord> Put { get; } = new();

    public ConcurrentQueue<IPEndPoint> Asked { get; } = new();

    public SignedRelayRecord? Self => _self();

    public async IAsyncEnumerable<IPEndPoint> FindAtRendezvousAsync(
        InfoHash rendezvous, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        LookedUp.Enqueue(rendezvous);
        foreach (var socket in Rendezvous.GetValueOrDefault(rendezvous)?.ToArray() ?? [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return socket;
        }
    }

    public Task<int> AnnounceAsync(InfoHash rendezvous, CancellationToken cancellationToken)
    {
        Announced.Enqueue(rendezvous);
        return Task.FromResult(Copies);
    }

    public Task<StoredRecord> GetRecordAsync(RelayId id, CancellationToken cancellationToken) =>
        Task.FromResult(Stored.TryGetValue(id, out var record) ? new StoredRecord(record, Copies) : default);

    public Task<int> PutRecordAsync(SignedRelayRecord record, CancellationToken cancellationToken)
    {
        Put.Enqueue(record);
        Stored.AddOrUpdate(record.Id, record, (_, held) => held.Seq > record.Seq ? held : record);
        return Task.FromResult(Copies);
    }

    public Task<SignedRelayRecord?> AskSelfAsync(IPEndPoint socket, CancellationToken cancellationToken)
    {
        Asked.Enqueue(socket);
        return Task.FromResult(Answers.GetValueOrDefault(socket));
    }

    public void ServeSelf(Func<SignedRelayRecord?> record) => _self = record;
}
