using BttProxy.Discovery;
using BttProxy.Discovery.Announcing;

namespace BttProxy.Relay.Hosting;

/// <summary>Makes the relay findable.</summary>
internal sealed class DhtRole(RelayAnnouncer? announcer)
{
    public static async Task<DhtRole> StartAsync(RoleContext context, GatewayRole gateway, CancellationToken cancellationToken)
    {
        var dht = await context.StartDhtAsync(cancellationToken);
        if (!context.Options.Dht.Announce)
        {
            return new DhtRole(null);
        }

        var announcer = context.Add(new RelayAnnouncer(
            dht, gateway.Keys.Identity, gateway.Records.Build, RelayMarket.Of(context.Network), new RelayAnnouncerOptions(), context.Time,
            context.Loggers, context.Meters));
        announcer.Start();
        context.Running.Announcer = announcer;
        gateway.Records.Follow(() => announcer.Current);
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
