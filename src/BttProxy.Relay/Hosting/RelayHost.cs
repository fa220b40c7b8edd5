using System.Net;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Hosting;

/// <summary>One relay: all roles in one process. Build it with <see cref="RelayApplication"/>.</summary>
public sealed class RelayHost : IAsyncDisposable
{
    private readonly RelayOptions _options;
    private readonly NetworkDescription _network;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private RelayRoles? _roles;

    internal RelayHost(RelayOptions options, NetworkDescription network, Action<ILoggingBuilder>? logging, TimeProvider time)
    {
        _options = options;
        _network = network;
        _time = time;
        _loggers = LoggerFactory.Create(builder =>
        {
            // The forwarder reports what clients and workers do; our own outcome metrics say the same without a line per request.
            builder.AddFilter("Yarp", LogLevel.Error).AddFilter("Microsoft", LogLevel.Warning);
            logging?.Invoke(builder);
        });
    }

    public RelayId RelayId => Started.Keys.Identity.Id;

    /// <summary>Where clients are to dial, as in the record.</summary>
    public IPEndPoint PublicEndPoint => Started.Records.Build().Endpoints[0].ToIPEndPoint();

    /// <summary>The relay's present record, for those who need not search the DHT for it.</summary>
    public SignedRelayRecord Record => Started.Records.Current;

    /// <summary>Metrics, health and books over HTTP on loopback.</summary>
    public IPEndPoint AdminEndPoint => Started.AdminEndPoint;

    /// <summary>Where the swarm engine takes peers.</summary>
    public IPEndPoint SwarmEndPoint => Started.SwarmEndPoint;

    /// <summary>The relay's DHT socket.</summary>
    public IPEndPoint DhtEndPoint => Started.Dht.LocalEndPoint;

    /// <summary>Where claims are paid to.</summary>
    public TronAddress Payee => Started.Records.Payee;

    private RelayRoles Started => _roles ?? throw new InvalidOperationException("The relay is not started.");

    /// <exception cref="RelayConfigurationException">A port, a directory or a file cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken) =>
        _roles = await RelayRoles.StartAsync(_options, _network, _loggers, _time, cancellationToken);

    /// <summary>What the relay has delivered and earned so far.</summary>
    public Task<RelayBooks> ReadBooksAsync(CancellationToken cancellationToken) => Started.Books.ReadAsync(cancellationToken);

    /// <summary>Claims what there is to claim now, without waiting for a trigger.</summary>
    /// <returns>False when something could not be claimed; it stays in the outbox.</returns>
    public Task<bool> ClaimAsync(CancellationToken cancellationToken) => Started.Settlement.ClaimAllAsync(cancellationToken);

    /// <summary>Takes no new sessions, lets responses end, claims, and closes the ledger.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_roles is { } roles)
        {
            await roles.StopAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_roles is { } roles)
        {
            await roles.DisposeAsync();
        }

        _loggers.Dispose();
    }
}
