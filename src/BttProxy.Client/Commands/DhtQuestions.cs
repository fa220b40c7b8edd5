using System.Globalization;
using System.Net;
using System.Text;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Client.Torrents;

namespace BttProxy.Client.Commands;

/// <summary>What <c>torrent dht</c> asks, and how it words the answers.</summary>
internal static class DhtQuestions
{
    public static async Task<DhtAnswer> PeersAsync(DhtNode node, InfoHash infoHash, CancellationToken cancellationToken)
    {
        var peers = new List<string>();
        await foreach (var peer in node.GetPeersAsync(infoHash, cancellationToken))
        {
            peers.Add(peer.ToString());
        }

        return new DhtAnswer(new { Peers = peers }, peers.Count == 0 ? "No peers." : string.Join('\n', peers));
    }

    public static async Task<DhtAnswer> GetAsync(DhtNode node, DhtNodeId target, CancellationToken cancellationToken)
    {
        var value = await node.GetImmutableAsync(target, cancellationToken)
            ?? throw new ClientException(ExitCode.NotFound, "No node that answered has this item.");
        var text = Encoding.UTF8.GetString(value.Span);
        return new DhtAnswer(new { Text = text, Bytes = value.Length }, text);
    }

    public static async Task<DhtAnswer> PutAsync(DhtNode node, string text, CancellationToken cancellationToken)
    {
        var result = await node.PutImmutableAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        return result.Stored > 0
            ? new DhtAnswer(
                new { Target = result.Target.ToString(), result.Stored, result.Refused, result.Silent }, $"{result.Target} at {result.Stored} nodes")
            : throw new ClientException(ExitCode.Network, "No node took the item.");
    }

    public static async Task<DhtAnswer> PingAsync(DhtNode node, DnsEndPoint name, DhtSettings settings, CancellationToken cancellationToken)
    {
        var address = (await DhtSession.ResolveAsync(name, settings.Listen.AddressFamily, cancellationToken)).FirstOrDefault()
            ?? throw new ClientException(ExitCode.Network, $"{name.Host} has no address of the family of --dht-listen.");
        var ping = await node.PingAsync(address, cancellationToken)
            ?? throw new ClientException(ExitCode.Network, $"{address} does not answer" + WhyNot(settings));
        var milliseconds = Math.Round(ping.RoundTrip.TotalMilliseconds, 1);
        return new DhtAnswer(
            new
            {
                Address = address.ToString(),
                Id = ping.Id.ToString(),
                Milliseconds = milliseconds,
                Verified = ping.IsVerified,
                SeesUsAt = ping.SeesUsAt?.ToString(),
            },
            string.Create(CultureInfo.InvariantCulture, $"{ping.Id} at {address} answered in {milliseconds} ms")
                + (ping.IsVerified ? "." : "; the id does not belong to the address (BEP 42)."));
    }

    public static DhtAnswer Describe(DhtNode node)
    {
        // A command has one network: it listens at one address.
        var seen = node.GetStatistics()[0];
        var dropped = seen.Dropped.Values.Sum();
        var size = seen.NetworkSize is { } estimate ? Math.Round(estimate) : (double?)null;
        var rows = new (string Name, object? Value)[]
        {
            ("id", seen.Id),
            ("address", seen.LocalEndPoint),
            ("external", seen.ExternalAddress),
            ("nodes", $"{seen.Nodes}, {seen.VerifiedNodes} of them with an id of their address (BEP 42)"),
            ("network", size is null ? null : $"about {size} nodes"),
            ("packets", $"{seen.PacketsSent} sent, {seen.PacketsReceived} received, {dropped} dropped"),
        };
        return new DhtAnswer(
            new
            {
                Id = seen.Id.ToString(),
                Address = seen.LocalEndPoint.ToString(),
                ExternalAddress = seen.ExternalAddress?.ToString(),
                seen.Nodes,
                seen.VerifiedNodes,
                seen.SpareNodes,
                NetworkSize = size,
                seen.OpenQueries,
                seen.PacketsSent,
                seen.PacketsReceived,
                PacketsDropped = seen.Dropped.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
            },
            string.Join('\n', rows.Where(row => row.Value is not null).Select(row => $"{row.Name,-10} {row.Value}")));
    }

    /// <summary>The end of a sentence about silence: what may be the cause.</summary>
    public static string WhyNot(DhtSettings settings) =>
        settings.AllowPrivateAddresses ? "." : "; loopback and private addresses need --allow-private.";
}

/// <param name="Value">For --json.</param>
/// <param name="Text">For people.</param>
internal sealed record DhtAnswer(object Value, string Text);
