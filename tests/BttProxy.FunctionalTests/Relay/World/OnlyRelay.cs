using System.Runtime.CompilerServices;
using BttProxy.Client.Fetching;
using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Hosting;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>A directory that knows one honest relay, with its present record.</summary>
internal sealed class OnlyRelay(RelayHost relay) : IRelayDirectory
{
    public string Explanation => "";

    public async IAsyncEnumerable<RelayOffer> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return Offer();
    }

    public Task<RelayOffer?> FindAsync(RelayId id, CancellationToken cancellationToken) => Task.FromResult<RelayOffer?>(Offer());

    public Task BanAsync(RelayId id, CancellationToken cancellationToken) => throw new InvalidOperationException("An honest relay is banned.");

    private RelayOffer Offer() =>
        relay.Record.TryVerify(out var record, out _) ? new RelayOffer(relay.Record, record) : throw new InvalidOperationException("The record is bad.");
}
