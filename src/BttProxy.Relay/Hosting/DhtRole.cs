using BttProxy.Discovery;
using BttProxy.Discovery.Announcing;

namespace BttProxy.Relay.Hosting;

/// <summary>Makes the relay findable. Beside a gateway, or apart: then it has no keys, and asks the gateway for the signed record.</summary>
internal sealed class DhtRole(RelayAnnouncer? announcer)
{
    /// <summary>Why the relay cannot be found by a dht process apart; null when it can.</summary>
    public string? Unready => announcer is null || announcer.Announcement.AnnouncedTo > 0 ? null
        : announcer.Current is null ? "the gateway gives no record" : "no DHT node has taken the announcement yet";

    public static async Task<DhtRole> StartAsync(RoleContext context, GatewayRole? gateway, CancellationToken cancellationToken)
    {
        var dht = await context.StartDhtAsync(cancellationToken);
        if (!context.Options.Dht.Announce)
        {
            return new DhtRole(null);
        }

        IRecordSource source = gateway is not null ? gateway.Records : context.Add(new GatewayRecord(
            new Uri(context.Options.Dht.RecordFrom!), context.Time, context.Loggers.CreateLogger<GatewayRecord>()));
        var announcer = context.Add(new RelayAnnouncer(
            dht, source, RelayMarket.Of(context.Network), new RelayAnnouncerOptions(), context.Time, context.Loggers, context.Meters));
        await announcer.StartAsync(cancellationToken);
        context.Running.Announcer = announcer;
        context.Offer.Changed += announcer.Refresh;
        return new DhtRole(announcer);
    }

    /// <summary>Announces nothing more; what nodes have by now they forget by themselves.</summary>
    public async Task StopAsync()
    {
        if (announcer is not null)
        {
            await announcer.DisposeAsync();
        }
    }
}
