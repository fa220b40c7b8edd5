using System.Net;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Relay;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;

namespace BttProxy.Devnet.World;

/// <summary>One of the devnet's relays: the relay program's own host with a profile.</summary>
internal sealed class DevnetRelay : IAsyncDisposable
{
    // As in the devnet preset of the relay: several of them share a developer's disk.
    private const long CacheBytes = 1L << 30;
    private const long MinFreeBytes = 64L << 20;

    private readonly RelayProfile _profile;

    private DevnetRelay(RelayProfile profile, RelayHost host)
    {
        _profile = profile;
        Host = host;
    }

    public RelayHost Host { get; }

    public RelayId Id => Host.RelayId;

    public string Name => _profile.Name;

    public string Region => _profile.Region;

    public PricePerMegabyte Price => _profile.Price;

    /// <exception cref="DevnetException">A directory or the address cannot be used.</exception>
    public static async Task<DevnetRelay> StartAsync(
        RelayProfile profile,
        string directory,
        IPAddress address,
        NetworkDescription network,
        Action<ILoggingBuilder> logging,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var anyPort = new IPEndPoint(address, 0);
        var options = new RelayOptions { StateDirectory = directory };
        options.Tunnel.Listen = anyPort;
        options.Tunnel.Region = profile.Region;
        options.Offer.PricePerMegabyte = profile.Price;
        options.Worker.SwarmListen = anyPort;
        options.Dht.Listen = anyPort;
        options.Cache.MaxBytes = CacheBytes;
        options.Cache.MinFreeBytes = MinFreeBytes;
        options.Admin.Listen = new IPEndPoint(IPAddress.Loopback, 0);
        try
        {
            var relay = new DevnetRelay(profile, RelayApplication.Build(options, network, logging, timeProvider));
            await relay.Host.StartAsync(cancellationToken);
            return relay;
        }
        catch (RelayConfigurationException exception)
        {
            throw new DevnetException($"Relay {profile.Name} cannot start: {exception.Message}", exception);
        }
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
