using System.Net;
using BttProxy.Client.Tunnels;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Pricing;
using BttProxy.Relay.Sessions;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;
using BttProxy.Tron.Node;
using Microsoft.Extensions.DependencyInjection;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>
/// A relay as the program puts it together, without gateway, DHT and swarm: sessions, vouchers, ledger file, outbox, settlement. It can be lost
/// and started again from its directory.
/// </summary>
internal sealed class HistoryRelay : IAsyncDisposable
{
    public const int WindowFloor = 64 * 1024;
    public const int WindowCeiling = 512 * 1024;

    private static readonly Lazy<TlsIdentity> Tls = new(static () =>
    {
        var directory = Directory.CreateTempSubdirectory("bttproxy-histories-");
        try
        {
            return TlsIdentity.LoadOrCreate(StateDirectory.Open(directory.FullName), "relay.test", TimeProvider.System);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    });

    private readonly HistoryChain _chain;
    private readonly HistoryClock _clock;
    private readonly TrafficLog _log;
    private readonly StateDirectory _state;
    private readonly RelayKeys _keys;
    private readonly RelayOptions _options;
    private readonly NetworkDescription _network;
    private readonly RelayRecordSource _records;
    private RelayLedger? _ledger;
    private TronChannelChain? _connection;
    private ServiceProvider? _services;

    public HistoryRelay(HistoryChain chain, HistoryClock clock, string directory, int number, bool isHonest, TrafficLog log)
    {
        (_chain, _clock, IsHonest, _log) = (chain, clock, isHonest, log);
        _state = StateDirectory.Open(directory);
        foreach (var name in new[] { "relay-key", "payee-key", "path-key" })
        {
            File.WriteAllBytes(_state.PathOf(name), Keccak256.Hash([(byte)name[0], (byte)name[1], (byte)number]).Span);
        }

        _keys = RelayKeys.LoadOrCreate(_state);
        _options = new RelayOptions { StateDirectory = directory };
        _options.Offer.PricePerMegabyte = new PricePerMegabyte(7_654_321 + (ulong)number);
        _options.Offer.MinimumDeposit = new TokenAmount(1_000);
        _options.Credit.WindowFloorBytes = WindowFloor;
        _options.Credit.WindowCeilingBytes = WindowCeiling;
        _options.Credit.MaxInvalidVouchersPerMinute = 1_000;
        _options.Settlement.ClaimValue = new TokenAmount(3_000_000);
        _network = new NetworkDescription
        {
            Name = "histories",
            ChainId = chain.Domain.ChainId,
            Contract = chain.Domain.Contract,
            Token = chain.Token,
            DhtBootstrap = [],
            Chain = new ChainDescription([]),
        };
        _records = new RelayRecordSource(_options, new CurrentOffer(_options.Offer, clock), _network, _keys, Tls.Value, Payee, clock);
        _records.SetListeningEndPoint(new IPEndPoint(IPAddress.Loopback, 443 + number));
    }

    public bool IsHonest { get; }

    public int Losses { get; private set; }

    public bool IsUp => _services is not null;

    public TronAddress Payee => _keys.Authorizer.Address;

    public PricePerMegabyte Price => _options.Offer.PricePerMegabyte;

    public SignedRelayRecord Record => _records.Current;

    public ChannelDomain Domain => _chain.Domain;

    /// <summary>As a client finds it.</summary>
    public RelayOffer Offer => new(Record, _records.Build());

    public ProcessLife Life { get; private set; } = new();

    public RelayLedger Ledger => _ledger ?? throw new InvalidOperationException("The relay is down.");

    public SessionRegistry Sessions => Part<SessionRegistry>();

    public async Task StartAsync()
    {
        Life = new ProcessLife();
        _ledger = await RelayLedger.OpenAsync(_state.PathOf("ledger.db"), _clock, null, CancellationToken.None);
        _connection = _chain.Connect(_keys.Authorizer, Life);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<RelayMetrics>();
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton(_options);
        services.AddSingleton(_keys);
        services.AddSingleton(_records);
        services.AddSingleton(new CurrentPolicy(RelayPolicy.None));
        // Instances: the container does not end what it has not made.
        services.AddSingleton(_ledger);
        services.AddSingleton<IChannelChain>(_connection);
        services.AddSessions(_options, _network, _records, _keys);
        services.AddSettlement(_options.Settlement);
        _services = services.BuildServiceProvider();
        Part<Exposure>().Set(await _ledger.UnclaimedByPayerAsync(CancellationToken.None));
    }

    /// <summary>The process is gone at once; its directory stays.</summary>
    public async Task LoseAsync()
    {
        if (IsUp)
        {
            Losses++;
            foreach (var traffic in _log.All.Where(traffic => traffic.Relay == this))
            {
                traffic.RelayLosses++;
            }
        }

        await EndAsync();
    }

    /// <summary>Runs work of the relay on behalf of a client.</summary>
    /// <exception cref="TunnelException">The relay is down, or was lost meanwhile.</exception>
    public async Task<T> AskAsync<T>(Func<HistoryRelay, Task<T>> work)
    {
        if (!IsUp)
        {
            throw new TunnelException(TunnelFault.Unreachable, "it is down");
        }

        try
        {
            return await Life.RunAsync(() => work(this));
        }
        catch (ProcessLostException lost)
        {
            await LoseAsync();
            throw new TunnelException(TunnelFault.ConnectionLost, "the connection broke", lost);
        }
    }

    /// <summary>One turn of everything that runs in the background.</summary>
    public async Task WorkAsync()
    {
        if (!IsUp)
        {
            return;
        }

        try
        {
            await Life.RunAsync(async () =>
            {
                await Part<ChainWatch>().LookAsync(CancellationToken.None);
                try
                {
                    await Part<ChainReconciler>().RunOnceAsync(CancellationToken.None);
                }
                catch (ChainException)
                {
                    // It is logged, and tried again with the next turn.
                }

                return await Part<SettlementWorker>().TryPassAsync(everything: false, CancellationToken.None);
            });
        }
        catch (ProcessLostException)
        {
            await LoseAsync();
        }
    }

    public T Part<T>()
        where T : notnull => (_services ?? throw new InvalidOperationException("The relay is down.")).GetRequiredService<T>();

    public Task<SessionOutcome> OpenAsync(OpenSession request) =>
        AskAsync(relay => relay.Part<SessionOpener>().OpenAsync(request, CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _keys.Dispose();
    }

    private async Task EndAsync()
    {
        if (_services is { } services)
        {
            _services = null;
            await services.DisposeAsync();
            _connection!.Dispose();
            await _ledger!.DisposeAsync();
            _ledger = null;
        }
    }
}
