using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Client.Terminal;
using Microsoft.Extensions.Logging;

namespace BttProxy.Client.Torrents;

/// <summary>The BitTorrent engine, and a DHT node beside it where one is wanted, for as long as one command runs.</summary>
internal sealed class SwarmSession : IAsyncDisposable
{
    private readonly ILoggerFactory _loggers;
    private readonly DhtNode? _dht;
    private readonly SwarmSettings _settings;

    private SwarmSession(ILoggerFactory loggers, DhtNode? dht, SwarmEngine engine, SwarmSettings settings)
    {
        _settings = settings;
        _loggers = loggers;
        _dht = dht;
        Engine = engine;
    }

    public SwarmEngine Engine { get; }

    /// <exception cref="ClientException">A port cannot be opened, or a DHT node has no address.</exception>
    public static async Task<SwarmSession> StartAsync(
        SwarmSettings settings, string directory, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        var loggers = ClientLogging.Create(terminal);
        var dht = settings.Dht is { } wanted
            ? await DhtSession.StartAsync(wanted, readOnly: false, terminal, loggers, cancellationToken)
            : null;
        var options = new SwarmOptions
        {
            Directory = directory,
            ListenIPv6 = settings.ListenIPv6,
            Encryption = settings.Encryption,
            Transports = settings.Transports,
            ConnectGuard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = settings.AllowPrivateAddresses }),
            PeerExchange = settings.ExchangesPeers,
            MaxUploadRate = settings.MaxUploadRate,
            MaxUploadPercent = settings.MaxUploadPercent,
        };
        options = options with { Listen = settings.Listen ?? options.Listen };
        var session = new SwarmSession(
            loggers, dht, new SwarmEngine(options, dht, terminal.TimeProvider, loggers, meterFactory: null), settings);
        try
        {
            await session.Engine.StartAsync(cancellationToken);
            return session;
        }
        catch (SocketException failure)
        {
            await session.DisposeAsync();
            throw new ClientException(ExitCode.Network, $"{options.Listen}{(options.ListenIPv6 is { } second ? $" or {second}" : "")} cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>Announces the torrent to its trackers, unless the user wants none asked.</summary>
    public void AddTrackers(Torrent torrent, IEnumerable<IEnumerable<string>> tiers)
    {
        if (_settings.AsksTrackers)
        {
            Engine.AddTrackers(torrent, tiers);
        }
    }

    /// <summary>Lets web seeds take part in the download, unless the user wants none asked.</summary>
    public void AddWebSeeds(Torrent torrent, IEnumerable<string> urls)
    {
        if (_settings.AsksWebSeeds)
        {
            Engine.AddWebSeeds(torrent, urls);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        if (_dht is not null)
        {
            await _dht.DisposeAsync();
        }

        _loggers.Dispose();
    }
}
