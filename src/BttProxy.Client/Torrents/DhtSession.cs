using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Client.Terminal;
using Microsoft.Extensions.Logging;

namespace BttProxy.Client.Torrents;

/// <summary>A DHT node for as long as one command runs.</summary>
internal static class DhtSession
{
    /// <param name="settings">Where to listen and whom to ask first.</param>
    /// <param name="readOnly">True for a command of seconds: others need not remember it (BEP 43).</param>
    /// <param name="terminal">Its clock.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ClientException">The port cannot be opened, or a bootstrap node has no address.</exception>
    public static async Task<DhtNode> StartAsync(
        DhtSettings settings, bool readOnly, ClientTerminal terminal, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var bootstrap = new List<IPEndPoint>();
        foreach (var node in settings.Bootstrap)
        {
            bootstrap.AddRange(await ResolveAsync(node, settings.Listen.AddressFamily, cancellationToken));
        }

        var options = new DhtNodeOptions
        {
            ListenEndPoint = settings.Listen,
            Bootstrap = bootstrap,
            ReadOnly = readOnly,
            Guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = settings.AllowPrivateAddresses }),
        };
        var started = new DhtNode(options, terminal.TimeProvider, loggers);
        try
        {
            await started.StartAsync(cancellationToken);
            return started;
        }
        catch (SocketException failure)
        {
            await started.DisposeAsync();
            throw new ClientException(ExitCode.Network, $"UDP {settings.Listen} cannot be opened: {failure.Message}", failure);
        }
    }

    public static async Task<IEnumerable<IPEndPoint>> ResolveAsync(DnsEndPoint node, AddressFamily family, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(node.Host, family, cancellationToken);
            return addresses.Select(address => new IPEndPoint(address, node.Port));
        }
        catch (SocketException failure)
        {
            throw new ClientException(ExitCode.Network, $"The DHT node {node.Host} has no address here: {failure.Message}", failure);
        }
    }
}
