using System.Diagnostics.Metrics;
using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Discovery;
using BttProxy.Discovery.Announcing;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Backup;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Operations;
using BttProxy.Relay.Routing;
using BttProxy.Relay.Sessions;
using BttProxy.Relay.Settlement;
using BttProxy.Relay.Worker;
using BttProxy.Tron;

namespace BttProxy.Relay.Hosting;

/// <summary>
/// The running parts of a relay: ledger, DHT node, worker, gateway, announcer, settlement, admin. Started in that order, because each needs
/// the ones before it; stopped so that money is safe before anything it needs is gone.
/// </summary>
internal sealed class RelayRoles : IAsyncDisposable
{
    /// <summary>In the state directory.</summary>
    public const string LedgerFile = "ledger.db";

    // A final claim that takes longer is left to the next start: it stays in the outbox.
    private static readonly TimeSpan FinalClaimTimeout = TimeSpan.FromSeconds(5);

    private readonly DisposalStack _parts = new();
    private readonly RelayLifetime _lifetime = new();
    private readonly TimeProvider _time;
    private WebApplication _gateway = null!;
    private WebApplication? _admin;
    private bool _stopped;

    private RelayRoles(RelayOptions options, NetworkDescription network, ILoggerFactory loggers, TimeProvider time)
    {
        _time = time;
        Parts = new RunningParts { StartedAt = time.GetUtcNow(), IsStopping = () => _lifetime.IsStopping };
        Options = options;
        Network = network;
        Loggers = loggers;
        var state = StateDirectory.Open(options);
        State = state;
        Keys = _parts.Add(RelayKeys.LoadOrCreate(state));
        Tls = _parts.Add(TlsIdentity.LoadOrCreate(state, options.Tunnel.ServerName, time));
        var payee = options.Offer.Payee is { } named ? TronAddress.Parse(named) : Keys.Authorizer.Address;
        Records = new RelayRecordSource(options, network, Keys, Tls, payee, time);
        Meters = _parts.Add(new ServiceCollection().AddMetrics().BuildServiceProvider()).GetRequiredService<IMeterFactory>();
        Metrics = new RelayMetrics(Meters);
    }

    public RelayKeys Keys { get; }

    public RelayRecordSource Records { get; }

    public DhtNode Dht { get; private set; } = null!;

    public IPEndPoint SwarmEndPoint { get; private set; } = new(IPAddress.None, 0);

    public IPEndPoint AdminEndPoint { get; private set; } = new(IPAddress.None, 0);

    public SettlementWorker Settlement => _gateway.Services.GetRequiredService<SettlementWorker>();

    public RelayBooksReader Books => _gateway.Services.GetRequiredService<RelayBooksReader>();

    private RelayOptions Options { get; }

    private NetworkDescription Network { get; }

    private ILoggerFactory Loggers { get; }

    private StateDirectory State { get; }

    private TlsIdentity Tls { get; }

    private IMeterFactory Meters { get; }

    private RelayMetrics Metrics { get; }

    private RunningParts Parts { get; }

    public static async Task<RelayRoles> StartAsync(
        RelayOptions options, NetworkDescription network, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var roles = new RelayRoles(options, network, loggers, time);
        try
        {
            await roles.StartAsync(cancellationToken);
            return roles;
        }
        catch
        {
            await roles.DisposeAsync();
            throw;
        }
    }

    /// <summary>No new sessions; running responses end within the drain time; then a last claim.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _lifetime.BeginStop();
        var sessions = _gateway.Services.GetRequiredService<SessionRegistry>();
        await sessions.DrainAsync(Options.Tunnel.DrainTimeout, _time, cancellationToken);

        // Sessions first: their responses then end cleanly, while a stopping server would reset them.
        var closer = _gateway.Services.GetRequiredService<SessionCloser>();
        foreach (var session in sessions.All)
        {
            await closer.CloseAsync(session, CancellationToken.None);
        }

        await _gateway.StopAsync(cancellationToken);
        using var limit = new CancellationTokenSource(FinalClaimTimeout, _time);
        try
        {
            await Settlement.ClaimLastAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // The outbox goes on at the next start.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await StopAsync(CancellationToken.None);
        }

        await _parts.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var ledger = _parts.Add(await RelayLedger.OpenAsync(State.PathOf(LedgerFile), _time, null, cancellationToken));
        var chain = _parts.Add(ChainConnection.Open(Options.Chain, Network, Keys.Authorizer, _time));
        await StartDhtAsync(cancellationToken);
        var workers = await StartWorkerAsync(cancellationToken);
        await StartGatewayAsync(ledger, chain, workers, cancellationToken);
        StartAnnouncing();
        await StartBackgroundAsync<ChainWatch>(cancellationToken);
        await StartBackgroundAsync<SessionSweeper>(cancellationToken);
        await StartBackgroundAsync<SettlementWorker>(cancellationToken);
        await StartBackgroundAsync<ClosingWatch>(cancellationToken);
        await StartBackgroundAsync<OpeningFeeWatch>(cancellationToken);
        await StartBackgroundAsync<ChainReconciler>(cancellationToken);
        await StartBackupAsync(ledger, cancellationToken);
        await StartAdminAsync(cancellationToken);
        await StartControlAsync(cancellationToken);
    }

    private async Task StartDhtAsync(CancellationToken cancellationToken)
    {
        var options = new DhtNodeOptions
        {
            ListenEndPoint = Options.Dht.Listen,
            Bootstrap = [.. Network.DhtBootstrap],
            Guard = Guard,
            StatePath = State.PathOf("dht-nodes"),
        };
        Dht = _parts.Add(new DhtNode(options, _time, Loggers, Meters));
        Parts.Dht = Dht;
        await Listening.TryAsync("Dht.Listen", Options.Dht.Listen, () => Dht.StartAsync(cancellationToken));
    }

    private async Task<WorkerAddresses> StartWorkerAsync(CancellationToken cancellationToken)
    {
        if (Options.Worker.Addresses.Count > 0)
        {
            return new WorkerAddresses(Options.Worker.Addresses);
        }

        var swarmOptions = new SwarmOptions
        {
            Listen = Options.Worker.SwarmListen,
            ListenIPv6 = Options.Worker.SwarmListenIPv6,
            Encryption = Options.Worker.Encryption,
            Transports = Options.Worker.Transports,
            MaxUploadRate = Options.Worker.MaxUploadRate,
            MaxUploadPercent = Options.Worker.MaxUploadPercent,
            Directory = State.PathOf("cache"),
            Layout = StorageLayout.ByIndex,
            CacheBytes = Options.Cache.MaxBytes,
            CacheBytesPerTorrent = Options.Cache.PerTorrent,
            MinFreeBytes = Options.Cache.MinFreeBytes,
            ConnectGuard = Guard,
        };
        var swarm = _parts.Add(new SwarmEngine(swarmOptions, Dht, _time, Loggers, Meters));
        try
        {
            await Listening.TryAsync("Worker.SwarmListen", Options.Worker.SwarmListen, () => swarm.StartAsync(cancellationToken));
        }
        catch (TorrentStorageException e)
        {
            throw new RelayConfigurationException(e.Message, e);
        }

        SwarmEndPoint = swarm.LocalEndPoint;
        var socket = _parts.Add(LocalSocket.Prepare(State, "worker.sock"));
        var catalog = new TorrentCatalog(swarm, InfoHashPolicy.Load(Options.Worker.DenylistFile), Options.Worker, Metrics, _time);
        (Parts.Swarm, Parts.Torrents) = (swarm, catalog);
        var worker = _parts.Add(WorkerApplication.Build(
            socket.FilePath, catalog, new WorkerPrices(Options.Offer.PricePerMegabyte, default), Metrics, _time, Loggers));
        await worker.StartAsync(cancellationToken);
        return new WorkerAddresses([$"unix:{socket.FilePath}"]);
    }

    private async Task StartGatewayAsync(RelayLedger ledger, IChannelChain chain, WorkerAddresses workers, CancellationToken cancellationToken)
    {
        _gateway = _parts.Add(GatewayApplication.Build(Options, Tls, workers, _time, services =>
        {
            services.AddSingleton(Loggers);
            services.AddSingleton(_time);
            services.AddSingleton(Metrics);
            services.AddSingleton(Options);
            services.AddSingleton(Options.Offer);
            services.AddSingleton(Parts);
            services.AddSingleton(_lifetime);
            services.AddSingleton(Keys);
            services.AddSingleton(Records);
            services.AddSingleton(ledger);
            services.AddSingleton(chain);
            services.AddSessions(Options, Network, Records, Keys);
            services.AddSettlement(Options.Settlement);
            services.AddOperations();
        }));
        var totals = await ledger.TotalsAsync(cancellationToken);
        _gateway.Services.GetRequiredService<Exposure>().SetTotal(totals.Unclaimed);
        await Listening.TryAsync("Tunnel.Listen", Options.Tunnel.Listen, () => _gateway.StartAsync(cancellationToken));
        RelayGauges.Observe(_gateway.Services, Tls, Meters);
        Records.SetListeningEndPoint(Listening.EndPointOf(_gateway));
        Parts.Record = Records.Build;
    }

    private void StartAnnouncing()
    {
        if (Options.Dht.Announce)
        {
            var announcer = _parts.Add(new RelayAnnouncer(
                Dht, Keys.Identity, Records.Build, RelayMarket.Of(Network), new RelayAnnouncerOptions(), _time, Loggers, Meters));
            announcer.Start();
            Parts.Announcer = announcer;
            Records.Follow(() => announcer.Current);
        }
    }

    private async Task StartBackgroundAsync<T>(CancellationToken cancellationToken)
        where T : BackgroundService
    {
        var worker = _gateway.Services.GetRequiredService<T>();
        await worker.StartAsync(cancellationToken);
        _parts.Add(new BackgroundPart(worker));
    }

    private async Task StartBackupAsync(RelayLedger ledger, CancellationToken cancellationToken)
    {
        var keys = _parts.Add(BackupKeys.Derive(Keys.Authorizer, Network.Domain));
        var targets = BackupSetup.Targets(Options.Backup, keys, Dht, _time);
        if (targets.Count > 0)
        {
            var worker = _parts.Add(BackupSetup.Worker(Options.Backup, targets, ledger, Meters, Loggers, _time));
            await worker.StartAsync(cancellationToken);
            _parts.Add(new BackgroundPart(worker));
        }
    }

    private async Task StartAdminAsync(CancellationToken cancellationToken)
    {
        var watch = _gateway.Services.GetRequiredService<ChainWatch>();
        _admin = _parts.Add(AdminApplication.Build(
            Options.Admin.Listen, Loggers, Books, () => Records.Current.Encode(),
            () => _lifetime.IsStopping ? "stopping" : watch.IsFresh ? null : "the chain does not answer"));
        await Listening.TryAsync("Admin.Listen", Options.Admin.Listen, () => _admin.StartAsync(cancellationToken));
        AdminEndPoint = Listening.EndPointOf(_admin);
    }

    private async Task StartControlAsync(CancellationToken cancellationToken)
    {
        var socket = _parts.Add(LocalSocket.Prepare(State, ControlSocket.Name));
        var control = _parts.Add(ControlSocket.Build(socket.FilePath, _gateway.Services.GetRequiredService<RelayOperations>(), Loggers));
        await control.StartAsync(cancellationToken);
    }

    private ConnectGuard Guard => new(new ConnectGuardOptions { AllowPrivateAddresses = Network.AllowPrivateAddresses });
}
