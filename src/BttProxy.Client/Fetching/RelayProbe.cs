using BttProxy.BitTorrent;
using BttProxy.Client.Tunnels;

namespace BttProxy.Client.Fetching;

/// <summary>Measures a relay by a real request: TCP, TLS with the pinned key, path token, and its own record as the answer.</summary>
internal sealed class RelayProbe(ConnectGuard guard, TimeProvider timeProvider)
{
    /// <summary>Slower than this, a relay is not worth ranking.</summary>
    private static readonly TunnelOptions Options = new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(4),
        ControlTimeout = TimeSpan.FromSeconds(6),
    };

    /// <returns>The relay with its measured latency and, when it has published a newer record meanwhile, with that.</returns>
    /// <exception cref="TunnelException">It cannot be used; the message says why.</exception>
    public async Task<RankedRelay> MeasureAsync(RelayOffer offer, CancellationToken cancellationToken)
    {
        using var tunnel = new RelayTunnel(offer, guard, Options, timeProvider);
        var start = timeProvider.GetTimestamp();
        var served = await tunnel.GetRecordAsync(cancellationToken);
        var latency = timeProvider.GetElapsedTime(start);
        if (served.Id != offer.Id || !served.TryVerify(out var record, out _))
        {
            throw new TunnelException(TunnelFault.BadAnswer, "it serves a record that is not its own");
        }

        var isNewer = served.Seq > offer.Signed.Seq
            && record.ChainId == offer.Record.ChainId && record.Contract == offer.Record.Contract && record.Token == offer.Record.Token;
        return new RankedRelay(isNewer ? new RelayOffer(served, record) : offer, latency);
    }
}
