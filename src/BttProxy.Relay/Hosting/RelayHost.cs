using System.Diagnostics.Metrics;
using System.Net;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Reloading;

namespace BttProxy.Relay.Hosting;

/// <summary>One process of a relay: all roles, or those that the options name. Build it with <see cref="RelayApplication"/>.</summary>
public sealed class RelayHost : IAsyncDisposable
{
    private readonly RelayOptions _options;
    private readonly ConfigurationSource? _source;
    private readonly NetworkDescription _network;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private RelayRoles? _roles;
    private ConfigurationReloader? _reloader;

    internal RelayHost(RelayOptions options, ConfigurationSource? source, NetworkDescription network, Action<ILoggingBuilder>? logging, TimeProvider time)
    {
        _options = options;
        _source = source;
        _network = network;
        _time = time;
        _loggers = LoggerFactory.Create(builder =>
        {
            // The forwarder reports what clients and workers do; our own outcome metrics say the same without a line per request.
            builder.AddFilter("Yarp", LogLevel.Error).AddFilter("Microsoft", LogLevel.Warning);
            logging?.Invoke(builder);
        });
    }

    /// <summary>The relay, known to its gateway.</summary>
    public RelayId RelayId => Gateway.Keys.Identity.Id;

    /// <summary>Where clients are to dial, as in the record.</summary>
    public IPEndPoint PublicEndPoint => Gateway.Records.Build().Endpoints[0].ToIPEndPoint();

    /// <summary>The relay's present record, for those who need not search the DHT for it.</summary>
    public SignedRelayRecord Record => Gateway.Records.Current;

    /// <summary>The record with which this process makes the relay findable; null while it does not.</summary>
    public SignedRelayRecord? Announced => Started.Context.Running.Announcer?.Current;

    /// <summary>Metrics and health over HTTP; a gateway's books too.</summary>
    public IPEndPoint AdminEndPoint => Started.AdminEndPoint;

    /// <summary>Where the swarm engine takes peers.</summary>
    public IPEndPoint SwarmEndPoint => Worker.SwarmEndPoint;

    /// <summary>Where gateways reach the worker of this process, as an entry of their <c>worker.addresses</c>.</summary>
    public string WorkerAddress => Worker.Address;

    /// <summary>The process's DHT socket.</summary>
    public IPEndPoint DhtEndPoint => Started.Context.Dht?.LocalEndPoint ?? throw Missing("DHT node");

    /// <summary>Where claims are paid to.</summary>
    public TronAddress Payee => Gateway.Records.Payee;

    /// <summary>What runs where, in one line for the operator.</summary>
    public string Summary => Started is { Gateway: not null }
        ? $"relay {RelayId} listens on {PublicEndPoint}, admin http://{AdminEndPoint}"
        : $"{string.Join(", ", _options.Roles.Select(static role => role.ToString().ToLowerInvariant()))} of a relay"
          + (Announced is { } record ? $" {record.Id}" : "")
          + (Started.Worker is { } worker ? $" listens on {worker.Address}, swarm {worker.SwarmEndPoint}" : "")
          + $", admin http://{AdminEndPoint}";

    internal IMeterFactory Meters => Started.Context.Meters;

    private RelayRoles Started => _roles ?? throw new InvalidOperationException("The relay is not started.");

    private GatewayRole Gateway => Started.Gateway ?? throw Missing("gateway");

    private WorkerRole Worker => Started.Worker ?? throw Missing("worker");

    /// <exception cref="RelayConfigurationException">A port, a directory or a file cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _roles = await RelayRoles.StartAsync(_options, _network, _loggers, _time, cancellationToken);
        if (_source is not null)
        {
            var context = _roles.Context;
            _reloader = new ConfigurationReloader(
                _source, _options, context.Offer, context.Policy, context.Metrics, _time, _loggers.CreateLogger<ConfigurationReloader>());
            context.Running.Reloader = _reloader;
            await context.StartBackgroundAsync(_reloader, cancellationToken);
        }
    }

    /// <summary>Has the configuration read anew soon, as SIGHUP does; nothing happens before the relay runs, or when it was not made from files.</summary>
    public void AskForReload() => _reloader?.Ask();

    /// <summary>What the relay has delivered and earned so far.</summary>
    public Task<RelayBooks> ReadBooksAsync(CancellationToken cancellationToken) => Gateway.Books.ReadAsync(cancellationToken);

    /// <summary>Claims what there is to claim now, without waiting for a trigger.</summary>
    /// <returns>False when something could not be claimed; it stays in the outbox.</returns>
    public Task<bool> ClaimAsync(CancellationToken cancellationToken) => (Started.Settler ?? throw Missing("settler")).Settlement.ClaimAllAsync(cancellationToken);

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

    private static InvalidOperationException Missing(string part) => new($"This process of the relay has no {part}.");
}
