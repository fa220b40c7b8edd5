using System.Net;
using System.Net.Sockets;
using System.Text;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Protocol;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.Relay.Doctor;

/// <summary>What a DHT node of its own, which knows nothing of the relay's, finds: as a client would.</summary>
internal sealed record DhtProbe
{
    // In which nodes answer that are there at all, over bad lines too.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Why nothing was measured.</summary>
    public string? Problem { get; init; }

    public int Bootstraps { get; init; }

    public int BootstrapsAnswering { get; init; }

    public int Nodes { get; init; }

    /// <summary>Our address as bootstrap nodes see it.</summary>
    public IReadOnlyList<IPAddress> SeenAs { get; init; } = [];

    public SignedRelayRecord? Signed { get; init; }

    /// <summary>Null when there is no record, or it is not valid.</summary>
    public RelayRecord? Record { get; init; }

    public string? Rejection { get; init; }

    public int Copies { get; init; }

    public static async Task<DhtProbe> RunAsync(
        RelayOptions options, NetworkDescription network, KeysOnDisk keys, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await ProbeAsync(options, network, keys.Identity?.Id, time, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DhtProbe { Bootstraps = network.DhtBootstrap.Length, Problem = $"no result within {Patience.TotalSeconds:0} s" };
        }
        catch (SocketException e)
        {
            return new DhtProbe { Bootstraps = network.DhtBootstrap.Length, Problem = $"no UDP socket can be made on {options.Dht.Listen.Address}: {e.Message}" };
        }
    }

    private static async Task<DhtProbe> ProbeAsync(
        RelayOptions options, NetworkDescription network, RelayId? id, TimeProvider time, CancellationToken cancellationToken)
    {
        var dhtOptions = new DhtNodeOptions
        {
            ListenEndPoint = new IPEndPoint(options.Dht.Listen.Address, 0),
            Bootstrap = [.. network.DhtBootstrap],
            Guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = network.AllowPrivateAddresses }),
            ReadOnly = true,
        };
        await using var node = new DhtNode(dhtOptions, time, NullLoggerFactory.Instance);
        await node.StartAsync(cancellationToken);
        var pings = await Task.WhenAll(network.DhtBootstrap.Select(bootstrap => node.PingAsync(bootstrap, cancellationToken)));
        await node.BootstrapAsync(cancellationToken);
        var probe = new DhtProbe
        {
            Bootstraps = pings.Length,
            BootstrapsAnswering = pings.Count(static ping => ping is not null),
            Nodes = node.NodeCount,
            SeenAs = [.. pings.Select(static ping => ping?.SeesUsAt).OfType<IPAddress>().Distinct()],
        };
        return id is { } relay && probe.Nodes > 0 ? await FindAsync(probe, node, relay, cancellationToken) : probe;
    }

    private static async Task<DhtProbe> FindAsync(DhtProbe probe, DhtNode node, RelayId id, CancellationToken cancellationToken)
    {
        var found = await node.GetMutableAsync(id.Value.Span.ToArray(), Encoding.ASCII.GetBytes(ProtocolConstants.RecordSalt), cancellationToken);
        if (found.Item is not { } item)
        {
            return probe;
        }

        var signed = new SignedRelayRecord(id, item.Seq, item.Value, item.Signature);
        return signed.TryVerify(out var record, out var rejection)
            ? probe with { Signed = signed, Record = record, Copies = found.Copies }
            : probe with { Signed = signed, Rejection = rejection.ToString(), Copies = found.Copies };
    }
}
