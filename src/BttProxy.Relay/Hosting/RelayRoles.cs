using System.Net;
using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Operations;
using BttProxy.Relay.Telemetry;

namespace BttProxy.Relay.Hosting;

/// <summary>
/// The roles of one process. Started in an order in which each has what it needs; stopped so that money is safe before anything it needs is
/// gone.
/// </summary>
internal sealed class RelayRoles : IAsyncDisposable
{
    /// <summary>In the state directory.</summary>
    public const string LedgerFile = "ledger.db";

    private readonly RoleContext _context;
    private WorkerRole? _worker;
    private GatewayRole? _gateway;
    private DhtRole? _dht;
    private SettlerRole? _settler;
    private bool _stopped;

    private RelayRoles(RoleContext context) => _context = context;

    public RoleContext Context => _context;

    public GatewayRole? Gateway => _gateway;

    public WorkerRole? Worker => _worker;

    public SettlerRole? Settler => _settler;

    public IPEndPoint AdminEndPoint { get; private set; } = new(IPAddress.None, 0);

    private RelayOptions Options => _context.Options;

    private LedgerPart PartHeld => !Options.Has(RelayRole.Settler) ? LedgerPart.Sales
        : !Options.Has(RelayRole.Gateway) ? LedgerPart.Settlement
        : LedgerPart.Whole;

    public static async Task<RelayRoles> StartAsync(
        RelayOptions options, NetworkDescription network, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var roles = new RelayRoles(new RoleContext(options, network, loggers, time));
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

    /// <summary>Announces nothing more, takes no new sessions and requests, lets running responses end within the drain time; then a last claim.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _context.Lifetime.BeginStop();
        _gateway?.Records.Withdraw();
        if (_dht is not null)
        {
            await _dht.StopAsync();
        }

        if (_gateway is not null)
        {
            await _gateway.StopAsync(cancellationToken);
        }

        if (_worker is not null)
        {
            await _worker.StopAsync(cancellationToken);
        }

        if (_settler is not null)
        {
            await _settler.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await _context.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Options.Has(RelayRole.Worker))
        {
            _worker = await WorkerRole.StartAsync(_context, cancellationToken);
        }

        if (Options.Has(RelayRole.Gateway) || Options.Has(RelayRole.Settler))
        {
            await StartBooksAsync(cancellationToken);
        }

        if (Options.Has(RelayRole.Dht))
        {
            _dht = await DhtRole.StartAsync(_context, _gateway, cancellationToken);
        }

        if (OtlpExport.Start(Options.Telemetry, _context.Loggers) is { } export)
        {
            // Before the admin port, which begins every counter at zero; ends first, while all that is asked for gauges is still there.
            _context.Add(export);
        }

        await StartAdminAsync(cancellationToken);
        if ((_gateway?.Services ?? _settler?.Services) is { } services)
        {
            await StartControlAsync(services, cancellationToken);
        }
    }

    // Gateway and settler, together or one of them: what works with keys, ledger and chain.
    private async Task StartBooksAsync(CancellationToken cancellationToken)
    {
        var keys = _context.Add(await RelayKeys.LoadOrCreateAsync(_context.State, _context.Time, cancellationToken));
        var held = new LedgerOptions { Part = PartHeld };
        var ledger = _context.Add(await RelayLedger.OpenAsync(_context.State.PathOf(LedgerFile), _context.Time, held, cancellationToken));
        var chain = _context.Add(ChainConnection.Open(Options.Chain, _context.Network, keys.Authorizer, _context.Time));
        _context.Running.IsSettledElsewhere = held.Part == LedgerPart.Sales;
        if (Options.Has(RelayRole.Gateway))
        {
            IEnumerable<string> own = _worker is null ? [] : [_worker.Address];
            _gateway = await GatewayRole.StartAsync(_context, keys, ledger, chain, own.Concat(Options.Worker.Addresses), cancellationToken);
            await _gateway.StartBackgroundAsync(cancellationToken);
        }

        if (Options.Has(RelayRole.Settler))
        {
            var services = _gateway?.Services ?? SettlerRole.ServicesApart(_context, keys, ledger, chain);
            _settler = await SettlerRole.StartAsync(_context, keys, ledger, services, cancellationToken);
        }
    }

    private async Task StartAdminAsync(CancellationToken cancellationToken)
    {
        LoopGauge.Observe(() => _context.Loops, _context.Meters);
        var health = new RelayHealth(() => _context.Loops, Unready);
        var admin = _context.Add(AdminApplication.Build(
            Options.Admin.Listen, _context.Loggers, _gateway?.Books, _gateway?.Records, Options.Dht.Announce, health));
        await Listening.TryAsync("Admin.Listen", Options.Admin.Listen, () => admin.StartAsync(cancellationToken));
        AdminEndPoint = Listening.EndPointOf(admin);
    }

    private async Task StartControlAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var socket = _context.Add(LocalSocket.Prepare(_context.State, _gateway is null ? ControlSocket.SettlerName : ControlSocket.Name));
        var control = _context.Add(ControlSocket.Build(socket.FilePath, services.GetRequiredService<RelayOperations>(), _context.Loggers));
        await control.StartAsync(cancellationToken);
    }

    // What a relay in one process sells does not wait for its settler, nor for those who find it.
    private string? Unready() =>
        _context.Lifetime.IsStopping ? "stopping"
        : _gateway is not null ? _gateway.Unready
        : _settler?.Unready ?? _dht?.Unready;
}
