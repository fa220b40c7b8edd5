using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BttProxy.FunctionalTests.Processes;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;
using BttProxy.Relay.Observability;
using Xunit;

namespace BttProxy.FunctionalTests.Relay.Telemetry;

/// <summary>What a collector gets of relays that sell: each in a process of its own, because metrics and spans of one process are one.</summary>
public sealed partial class TelemetryTests : IAsyncLifetime
{
    private const string Program = "bttproxy-relay";
    private const string Secret = "Bearer of-the-file";
    private const int Length = 2 << 20;
    private const int Window = 256 * 1024;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TokenAmount Reserve = TokenAmount.FromBtt(100);

    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(Length, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("grpc")]
    [InlineData("httpProtobuf")]
    public async Task SaleOfAGatewayAndAWorker_IsOneTraceAndNamesNobody(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync(protocol == "grpc", Token);
        await using var worker = await StartAsync("worker", collector, protocol, new { listen = WorkerAddress, swarmListen = "127.0.0.1:0" });
        await worker.LineAsync("worker of a relay", Deadline, Token);
        await using var gateway = await StartAsync("gateway,dht,settler", collector, protocol, new { addresses = new[] { WorkerAddress } });
        var record = await RecordAsync(gateway);
        using var customer = await RelayCustomer.CreateAsync(_world, record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);
        var clientTrace = ActivityTraceId.CreateRandom().ToString();
        await AskAsTracedClientAsync(customer, clientTrace);
        Assert.Equal(Length, (await customer.ReadAsync(_world.InfoHash, 0, Length, payEvery: Window / 2, Token)).Length);
        await StopAsync(gateway);
        await StopAsync(worker);

        var spans = collector.Spans;
        AssertIsOneTrace(spans.Where(span => span.TraceId == spans.First(other => other.Name == "swarm.piece").TraceId).ToList());
        Assert.Equal(2, spans.Count(span => span.Name == Spans.Content));
        Assert.Single(spans, span => span.Name == Spans.SessionOpen);
        Assert.All(spans.Where(span => span.Name == Spans.Voucher), span => Assert.Equal("accepted", span.Attributes["bttproxy.voucher.answer"]));
        Assert.DoesNotContain(spans, span => span.TraceId == clientTrace || span.TraceState.Length > 0);
        Assert.All(spans, AssertIsListed);
        AssertHasMetrics(collector.Points);
        Assert.All(collector.Authorizations, authorization => Assert.Equal(Secret, authorization));
        AssertNamesNobody(collector, record, customer);
    }

    [Fact]
    public async Task RelayWithoutACollector_SendsNothing_WhateverTheEnvironmentSays()
    {
        await using var collector = await OtlpReceiver.StartAsync(isGrpc: true, Token);
        await using var relay = ChildProgram.Start(
            Program, ["--config", await ConfigureAsync("gateway,worker,dht,settler", null, new { swarmListen = "127.0.0.1:0" })],
            new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address.ToString(), ["OTEL_METRIC_EXPORT_INTERVAL"] = "100" });
        await SellAsync(await RecordAsync(relay));
        await StopAsync(relay);

        Assert.Empty(collector.Traces);
        Assert.Empty(collector.Metrics);
    }

    [Fact]
    public async Task CollectorThatDies_CostsOneLineAndNoSale_AndAHangingOneHoldsNoStopUp()
    {
        var collector = await OtlpReceiver.StartAsync(isGrpc: true, Token);
        var address = collector.Address;
        await using var relay = await StartAsync("gateway,worker,dht,settler", collector, "grpc", new { swarmListen = "127.0.0.1:0" });
        var record = await RecordAsync(relay);
        await Eventually.IsTrueAsync(() => !collector.Metrics.IsEmpty);
        await collector.DisposeAsync();
        await Eventually.IsTrueAsync(() => relay.Output.Contains("does not take metrics", StringComparison.Ordinal));

        await SellAsync(record);
        await Eventually.IsTrueAsync(() => relay.Output.Contains("does not take traces", StringComparison.Ordinal));
        using var hanging = new TcpListener(IPAddress.Loopback, address.Port);
        hanging.Start();
        await SellAsync(record);
        await StopAsync(relay);

        Assert.Equal(2, relay.Output.Split("does not take ").Length - 1);
    }

    private static void AssertIsOneTrace(IReadOnlyList<ReceivedSpan> trace)
    {
        var content = Assert.Single(trace, span => span.Name == Spans.Content);
        var forward = Assert.Single(trace, span => span.Name == Spans.Forward);
        var worker = Assert.Single(trace, span => span.Name == Spans.WorkerContent);
        Assert.Equal(("", content.SpanId, forward.SpanId), (content.ParentId, forward.ParentId, worker.ParentId));
        Assert.Equal((ReceivedSpan.ServerKind, ReceivedSpan.ClientKind, ReceivedSpan.ServerKind), (content.Kind, forward.Kind, worker.Kind));
        foreach (var name in new[] { "swarm.join", "swarm.metadata", "swarm.piece" })
        {
            Assert.Contains(trace, span => span.Name == name);
            Assert.All(trace.Where(span => span.Name == name), span => Assert.Equal(("BttProxy.Swarm", worker.SpanId), (span.Scope, span.ParentId)));
        }

        Assert.All(trace, span => Assert.True(span.Start <= span.End && span.Start >= content.Start));
        Assert.Equal("complete", content.Attributes["bttproxy.outcome"]);
        Assert.Equal(206, content.Attributes["http.response.status_code"]);
        Assert.Equal("2", content.Attributes["network.protocol.version"]);
        Assert.Equal("swarm", worker.Attributes["bttproxy.source"]);
        Assert.InRange((int)worker.Attributes["bttproxy.swarm.waits"], 1, 1000);
    }

    private static void AssertIsListed(ReceivedSpan span)
    {
        var rule = Spans.Find(span.Name);
        Assert.True(rule is not null, $"{span.Name} is not listed.");
        Assert.All(span.Attributes, attribute => Assert.True(
            rule.Attributes.TryGetValue(attribute.Key, out var allowed) && allowed.Allows(attribute.Value), $"{span.Name} has {attribute}."));
        Assert.Equal((0, ""), (span.Extras, span.StatusText));
        Assert.Contains(span.Scope, Spans.Sources);
    }

    private static void AssertHasMetrics(IReadOnlyList<ReceivedPoint> points)
    {
        foreach (var point in points)
        {
            Assert.Equal("bttproxy-relay", point.Resource["service.name"]);
            Assert.Equal(
                ["service.name", "service.version", "telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version"], point.Resource.Keys.Order());
            if (point.Meter == "BttProxy")
            {
                var rule = Instruments.Find(point.Name);
                Assert.True(rule is not null, $"{point.Name} is not listed.");
                Assert.All(point.Labels, label => Assert.Contains((string)label.Value, rule.Labels[label.Key]));
            }
            else
            {
                Assert.All(point.Labels.Keys, key => Assert.Contains(key, MetricViews.LibraryLabels));
            }
        }

        Assert.InRange(Last("bttproxy.relay.paid.size"), Length - Window, Length + 1000);
        Assert.InRange(Last("bttproxy.swarm.received.size", ("kind", "useful")), Length, Length * 1.2);
        Assert.Contains(points, point => point is { Name: "bttproxy.auth.rejected", Value: 0 });
        Assert.Contains(points, point => point.Name == "dotnet.gc.collections");

        double Last(string name, params (string Key, string Value)[] labels) => points
            .Where(point => point.Name == name && labels.All(label => label.Value.Equals(point.Labels[label.Key]))).Max(static point => point.Value);
    }

    private void AssertNamesNobody(OtlpReceiver collector, SignedRelayRecord record, RelayCustomer customer)
    {
        Assert.True(record.TryVerify(out var details, out _));
        string[] names =
        [
            _world.InfoHash.ToString(), details.Payee.ToString(), customer.Payer.Address.ToString(), record.Id.ToString(), customer.ChannelId.ToString(),
            customer.Session.Token.ToHeader(), "127.0.0.1", "url.path", "server.address", "client=secret",
        ];
        foreach (var text in collector.Traces.Concat(collector.Metrics).Select(Encoding.Latin1.GetString))
        {
            Assert.All(names, name => Assert.DoesNotContain(name, text, StringComparison.OrdinalIgnoreCase));
        }

        Assert.All(
            collector.Spans.SelectMany(span => span.Attributes.Values).Concat(collector.Points.SelectMany(point => point.Labels.Values)).OfType<string>(),
            value => Assert.DoesNotMatch(Identity(), value));
    }

    private async Task AskAsTracedClientAsync(RelayCustomer customer, string trace)
    {
        using var response = await customer.SendAsync(HttpMethod.Get, $"{RequestNames.Content}/{_world.InfoHash}", Token, request =>
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", customer.Session.Token.ToHeader());
            request.Headers.Range = new RangeHeaderValue(0, 999);
            request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
            request.Headers.Add("tracestate", "client=secret");
            request.Headers.Add("baggage", "client=secret");
        });
        customer.Received += (await response.Content.ReadAsByteArrayAsync(Token)).Length;
        Assert.Equal(1000, customer.Received);
    }

    private async Task SellAsync(SignedRelayRecord record)
    {
        using var customer = await RelayCustomer.CreateAsync(_world, record, Reserve, Token);
        await customer.OpenAsync(Reserve, Token);
        Assert.Equal(Length, (await customer.ReadAsync(_world.InfoHash, 0, Length, payEvery: Window / 2, Token)).Length);
    }

    private static async Task<SignedRelayRecord> RecordAsync(ChildProgram relay)
    {
        var line = await relay.LineAsync("relay ", Deadline, Token);
        using var http = new HttpClient(new SocketsHttpHandler());
        var bytes = await http.GetByteArrayAsync(new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim() + "/record"), Token);
        Assert.True(SignedRelayRecord.TryDecode(bytes, out var record));
        return record;
    }

    private static async Task StopAsync(ChildProgram relay)
    {
        await relay.SignalAsync("TERM", Token);
        Assert.Equal(0, await relay.ExitAsync(Deadline, Token));
    }

    private string WorkerAddress => $"unix:{Path.Combine(_world.Directory, "worker.sock")}";

    private async Task<ChildProgram> StartAsync(string roles, OtlpReceiver collector, string protocol, object worker)
    {
        var headers = Path.Combine(_world.Directory, "headers");
        await File.WriteAllTextAsync(headers, $"# of the collector\nauthorization: {Secret}\n", Token);
        var telemetry = new
        {
            otlpEndpoint = protocol == "grpc" ? collector.Address : new Uri(collector.Address, "base/"),
            protocol,
            headersFile = headers,
            tracePercent = 100,
            exportInterval = "1 s",
        };
        return ChildProgram.Start(Program, "--config", await ConfigureAsync(roles, telemetry, worker));
    }

    private async Task<string> ConfigureAsync(string roles, object? telemetry, object worker)
    {
        var network = Path.Combine(_world.Directory, "network.json");
        await File.WriteAllBytesAsync(network, _world.Network.ToJson(), Token);
        var path = Path.Combine(_world.Directory, $"{roles}.json");
        var any = new { listen = "127.0.0.1:0" };
        await File.WriteAllBytesAsync(
            path,
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                stateDirectory = Path.Combine(_world.Directory, roles.Split(',')[0]),
                networkFile = network,
                roles = roles.Split(','),
                tunnel = any,
                dht = any,
                admin = any,
                worker,
                cache = new { minFreeBytes = 0 },
                telemetry = telemetry ?? new { },
            }),
            Token);
        return path;
    }

    // An IPv4 or IPv6 address, an info-hash or a key in hexadecimal, a TRON address in either form.
    [GeneratedRegex(@"\d{1,3}(\.\d{1,3}){3}|([0-9a-fA-F]{1,4}:){2,}|\b[0-9a-fA-F]{40}\b|\b41[0-9a-fA-F]{40}\b|\b[0-9a-fA-F]{64}\b|\bT[1-9A-HJ-NP-Za-km-z]{33}\b")]
    private static partial Regex Identity();
}
