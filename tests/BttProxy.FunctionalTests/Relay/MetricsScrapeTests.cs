using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using BttProxy.FunctionalTests.Processes;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;
using BttProxy.Relay.Observability;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>
/// The Prometheus endpoint of a relay that was paid, cheated and probed: in a process of its own, because metrics of one process add up.
/// </summary>
public sealed partial class MetricsScrapeTests : IAsyncLifetime
{
    private const string Program = "bttproxy-relay";
    private const int Length = 4 << 20;
    private const int Window = 256 * 1024;

    // What exporter and instrumentation add to every series.
    private static readonly string[] ExporterLabels = ["otel_scope_name", "otel_scope_version", "le"];

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TokenAmount Reserve = TokenAmount.FromBtt(100);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(Length, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task EndpointOfABusyRelay_NamesNobodyAndHasOnlyWhatIsListed()
    {
        await using var relay = ChildProgram.Start(Program, "--config", await ConfigureAsync());
        var line = await relay.LineAsync("relay ", Deadline, Token);
        using var http = new HttpClient(new SocketsHttpHandler())
        {
            BaseAddress = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim()),
        };
        var fresh = Scrape.Parse(await http.GetStringAsync("metrics", Token));
        Assert.True(SignedRelayRecord.TryDecode(await http.GetByteArrayAsync("record", Token), out var record));
        Assert.True(record.TryVerify(out var details, out _));
        using var customer = await RelayCustomer.CreateAsync(_world, record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);
        Assert.Equal(Length, (await customer.ReadAsync(_world.InfoHash, 0, Length, payEvery: Window / 2, Token)).Length);
        await RefuseToPayAsync(record);
        await ProbeAsync(customer);

        var busy = Scrape.Parse(await http.GetStringAsync("metrics", Token));

        AssertHasMoneyAndBytes(busy);
        foreach (var scrape in new[] { fresh, busy })
        {
            AssertCountersAreThere(scrape);
            AssertIsClosed(scrape);
            string[] names = [_world.InfoHash.ToString(), details.Payee.ToString(), customer.Payer.Address.ToString(), record.Id.ToString(), "127.0.0.1"];
            Assert.All(names, name => Assert.DoesNotContain(name, scrape.Text, StringComparison.OrdinalIgnoreCase));
            Assert.All(scrape.Samples.SelectMany(sample => sample.Labels), label => Assert.DoesNotMatch(Identity(), label.Value));
        }
    }

    private void AssertHasMoneyAndBytes(Scrape scrape)
    {
        var received = scrape.Sum("bttproxy_swarm_received_size_bytes_total", ("kind", "useful"));
        Assert.InRange(received, Length, Length * 1.2);
        Assert.InRange(scrape.Sum("bttproxy_swarm_received_size_bytes_total", ("kind", "protocol")), 100, Length / 10);

        // A worker's refusal passes the meter too.
        Assert.InRange(scrape.Sum("bttproxy_relay_response_body_size_bytes_total", ("outcome", "complete"), ("transport", "h2")), Length, Length + 200);
        Assert.InRange(scrape.Sum("bttproxy_relay_paid_size_bytes_total", ("currency", "BTT")), Length - Window, Length);
        Assert.InRange(scrape.Sum("bttproxy_relay_earnings_total", ("state", "accepted"), ("currency", "BTT")), 1e-12, 100);
        Assert.Equal(1, scrape.Sum("bttproxy_relay_credit_wait_duration_seconds_count", ("result", "cut")));
        Assert.InRange(scrape.Sum("bttproxy_relay_stall_duration_seconds_total", ("phase", "credit")), 0.5, 60);
        Assert.Equal(1, scrape.Sum("bttproxy_relay_time_to_first_byte_seconds_count", ("source", "swarm")));
        Assert.Equal(1, scrape.Sum("bttproxy_relay_time_to_first_byte_seconds_count", ("source", "cache")));
        Assert.Equal(1, scrape.Sum("bttproxy_relay_session_rejected_total", ("reason", "malformed")));
        Assert.Equal(1, scrape.Sum("bttproxy_auth_rejected_total", ("reason", "hmac")));
        Assert.Equal(1, scrape.Sum("bttproxy_content_refused_total", ("reason", "denylist")));
        Assert.Equal(1, scrape.Sum("bttproxy_swarm_dial_total", ("result", "connected")));
        Assert.Equal(2, scrape.Sum("bttproxy_relay_sessions_active"));
        Assert.Equal(1, scrape.Sum("bttproxy_chain_fresh"));
        Assert.InRange(scrape.Sum("bttproxy_relay_price", ("currency", "BTT")), 1e-6, 1e3);
        Assert.True(scrape.Sum("bttproxy_cert_expiry_timestamp_seconds") > TimeProvider.System.GetUtcNow().AddDays(300).ToUnixTimeSeconds());
        Assert.InRange(scrape.Sum("bttproxy_dht_query_total", ("result", "replied")), 1, 1e6);
    }

    /// <summary>Every series of every counter, before anything happened.</summary>
    private static void AssertCountersAreThere(Scrape scrape)
    {
        foreach (var rule in Instruments.All.Where(rule => rule.Kind is InstrumentKind.Counter or InstrumentKind.UpDownCounter))
        {
            var series = scrape.Samples.Count(sample => sample.Name == rule.PrometheusName);
            Assert.True(series == rule.Series().Count(), $"{rule.PrometheusName} has {series} series.");
        }
    }

    private static void AssertIsClosed(Scrape scrape)
    {
        var rules = Instruments.All.ToDictionary(rule => rule.PrometheusName);
        var library = MetricViews.LibraryLabels.Select(label => label.Replace('.', '_')).Concat(ExporterLabels).ToHashSet();
        var program = scrape.Samples.Single(sample => sample.Name == "target_info");
        Assert.Equal("bttproxy-relay", program.Labels["service_name"]);
        Assert.Equal(
            ["service_name", "service_version", "telemetry_sdk_language", "telemetry_sdk_name", "telemetry_sdk_version"], program.Labels.Keys.Order());
        foreach (var sample in scrape.Samples.Where(sample => sample != program))
        {
            if (!sample.Name.StartsWith("bttproxy_", StringComparison.Ordinal))
            {
                Assert.All(sample.Labels.Keys, key => Assert.Contains(key, library));
                continue;
            }

            Assert.True(rules.TryGetValue(HistogramPart().Replace(sample.Name, ""), out var rule), $"{sample.Name} is not listed.");
            foreach (var (key, value) in sample.Labels.Where(label => !ExporterLabels.Contains(label.Key)))
            {
                Assert.True(rule.Labels.TryGetValue(key, out var values) && values.Contains(value), $"{sample.Name} has {key}={value}.");
            }
        }
    }

    private async Task RefuseToPayAsync(SignedRelayRecord record)
    {
        using var cheat = await RelayCustomer.CreateAsync(_world, record, Reserve, Token);
        await cheat.OpenAsync(Reserve, Token);
        Assert.Equal(Window, (await cheat.ReadAsync(_world.InfoHash, 0, Length, payEvery: 0, Token)).Length);
    }

    private async Task ProbeAsync(RelayCustomer customer)
    {
        using var probe = await customer.SendRawAsync(HttpMethod.Get, $"{new string('A', 43)}/record", Token);
        using var garbage = await customer.SendAsync(
            HttpMethod.Post, RequestNames.Session, Token, request => request.Content = new ByteArrayContent([1, 2, 3]));
        Assert.NotEqual(HttpStatusCode.OK, garbage.StatusCode);
        using var denied = await customer.GetContentAsync(BttProxy.BitTorrent.InfoHash.Parse(Denied), 0, 1, Token);
        Assert.Equal(HttpStatusCode.UnavailableForLegalReasons, denied.StatusCode);
    }

    private const string Denied = "00112233445566778899aabbccddeeff00112233";

    private async Task<string> ConfigureAsync()
    {
        var network = Path.Combine(_world.Directory, "network.json");
        await File.WriteAllBytesAsync(network, _world.Network.ToJson(), Token);
        var denylist = Path.Combine(_world.Directory, "denylist");
        await File.WriteAllTextAsync(denylist, Denied, Token);
        var policy = Path.Combine(_world.Directory, "policy.json");
        await File.WriteAllBytesAsync(policy, JsonSerializer.SerializeToUtf8Bytes(new { denylistFile = denylist }), Token);
        var path = Path.Combine(_world.Directory, "relay.json");
        var any = new { listen = "127.0.0.1:0" };
        await File.WriteAllBytesAsync(
            path,
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                stateDirectory = Path.Combine(_world.Directory, "relay"),
                networkFile = network,
                tunnel = any,
                dht = any,
                admin = any,
                policyFile = policy,
                worker = new { swarmListen = "127.0.0.1:0" },
                credit = new { creditWait = "00:00:01" },
            }),
            Token);
        return path;
    }

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    // An IPv4 or IPv6 address, an info-hash or a key in hexadecimal, a TRON address in either form.
    [GeneratedRegex(@"\d{1,3}(\.\d{1,3}){3}|([0-9a-fA-F]{1,4}:){2,}|\b[0-9a-fA-F]{40}\b|\b41[0-9a-fA-F]{40}\b|\b[0-9a-fA-F]{64}\b|\bT[1-9A-HJ-NP-Za-km-z]{33}\b")]
    private static partial Regex Identity();
}
