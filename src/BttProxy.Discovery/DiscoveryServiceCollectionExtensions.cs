using System.Diagnostics.Metrics;
using BttProxy.BitTorrent.Dht;
using BttProxy.Discovery.Announcing;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace BttProxy.Discovery;

/// <summary>Registration of the relay's side of discovery.</summary>
public static class DiscoveryServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="RelayAnnouncer"/> over the registered <see cref="DhtNode"/>, <see cref="RelayIdentity"/> and
    /// <see cref="RelayMarket"/>. The host starts it once its endpoints are known.
    /// </summary>
    /// <param name="services">The relay's services.</param>
    /// <param name="record">Describes the relay as it is now.</param>
    public static IServiceCollection AddRelayDiscovery(this IServiceCollection services, Func<IServiceProvider, RelayRecord> record)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new RelayAnnouncerOptions());
        services.TryAddSingleton(provider => new RelayAnnouncer(
            provider.GetRequiredService<DhtNode>(),
            provider.GetRequiredService<RelayIdentity>(),
            () => record(provider),
            provider.GetRequiredService<RelayMarket>(),
            provider.GetRequiredService<RelayAnnouncerOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<IMeterFactory>()));
        return services;
    }
}
