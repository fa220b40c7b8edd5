using BttProxy.Protocol.Relays;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Doctor;

/// <summary>Can the DHT be reached, and does a stranger find the relay's record there, and the right one.</summary>
internal static class DhtCheck
{
    // Nodes come and go; with fewer the record may be gone before it is written again.
    private const int FewCopies = 3;

    public static Finding Reach(DhtProbe probe, RelayOptions options)
    {
        var seen = probe.SeenAs.Count > 0 ? $", seen as {string.Join(" and ", probe.SeenAs)}" : "";
        var measured = $"{probe.BootstrapsAnswering} of {probe.Bootstraps} first nodes answer, {PlainText.Count(probe.Nodes, "node")} found{seen}";
        return probe.Problem is { } problem ? Finding.Fail("dht", problem, Udp(options))
            : probe.Nodes == 0 ? Finding.Fail("dht", measured, Udp(options))
            : probe.BootstrapsAnswering == 0 ? Finding.Warn("dht", measured, "Update dhtBootstrap of the network description: a relay that starts anew finds no way in.")
            : Finding.Ok("dht", measured);
    }

    public static Finding Record(DhtProbe probe, RelayOptions options, KeysOnDisk keys, StatusReport? running, TimeProvider time)
    {
        const string Step = "record";
        if (probe.Nodes == 0 || keys.Identity is null)
        {
            return Finding.Skip(Step, probe.Nodes == 0 ? "the DHT is not reached" : "the relay-key is needed");
        }

        if (probe.Rejection is { } rejection)
        {
            return Finding.Fail(Step, $"the record in the DHT is not valid: {rejection}", "Restart the relay, so that it writes a new one.");
        }

        if (probe.Record is not { } record)
        {
            return running is null ? Finding.Skip(Step, "not in the DHT; no relay runs")
                : running.HibernatesUntil is { } until ? Finding.Warn(
                    Step, $"not in the DHT: a traffic quota is used up until {PlainText.Time(until)} UTC", "Wait, or raise the quota in the policy file.")
                : !options.Dht.Announce ? Finding.Warn(Step, "not in the DHT, by dht.announce", "Only clients that were given the record find the relay.")
                : Finding.Fail(
                    Step, "not in the DHT: clients cannot find the relay",
                    $"A relay needs a minute after its start. {Udp(options)} Then look for 'RelayAnnouncer' in its log.");
        }

        var measured = $"read back from {PlainText.Count(probe.Copies, "node")}, issued {PlainText.Duration(time.GetUtcNow() - Issued(record))} ago";
        return Wrong(record, keys, running) is { } wrong ? Finding.Fail(Step, $"{measured}; {wrong}", "Restart the relay; if it comes back, another relay with the same relay-key runs: stop one.")
            : Issued(record) + TimeSpan.FromSeconds(record.TimeToLive) < time.GetUtcNow() ? Finding.Warn(Step, $"{measured}, and expired", running is null ? "Start the relay." : "Restart the relay: it does not renew its record.")
            : probe.Copies < FewCopies ? Finding.Warn(Step, measured, "The relay writes it again by itself within an hour; if it stays so, look at the step dht.")
            : Finding.Ok(Step, measured);
    }

    private static DateTimeOffset Issued(RelayRecord record) => DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(record.IssuedAt, 253_402_300_799));

    private static string? Wrong(RelayRecord record, KeysOnDisk keys, StatusReport? running)
    {
        var addresses = record.Endpoints.Select(static endpoint => endpoint.ToIPEndPoint().ToString()).Order(StringComparer.Ordinal).ToArray();
        return keys.TlsPin is { } pin && record.TlsKeyHash != pin ? "it has another certificate's key than this machine"
            : keys.Payee is { } payee && record.PayeeAuthorizer != payee.Address ? "it was made with another payee-key"
            : running is not null && !running.PublicEndPoints.Order(StringComparer.Ordinal).SequenceEqual(addresses) ? $"it says {string.Join(", ", addresses)}, and the relay {string.Join(", ", running.PublicEndPoints)}"
            : running is not null && running.PricePerMegabyte != record.Price ? $"it says {record.Price.ToBtt()}, and the relay {running.PricePerMegabyte.ToBtt()}"
            : null;
    }

    private static string Udp(RelayOptions options) =>
        $"Let UDP out of this machine and its answers back in, and UDP {options.Dht.Listen.Port} in from everywhere.";
}
