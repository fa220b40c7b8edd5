using System.Collections.Concurrent;
using System.Diagnostics;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Protocol.Messages;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Routing;
using Microsoft.AspNetCore.Http;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Xunit;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace BttProxy.UnitTests.Relay.Observability;

/// <summary>Every span is made with every attribute it can have; what comes out must be in the one list, and what is not does not come out.</summary>
public sealed class SpansTests : IDisposable
{
    private const string InfoHash = "00112233445566778899aabbccddeeff00112233";

    private readonly ConcurrentQueue<string> _violations = new();
    private readonly Recorder _recorder = new();
    private readonly TracerProvider _traces;
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private Sampler _sampler = new AlwaysOnSampler();

    public SpansTests() => _traces = Sdk.CreateTracerProviderBuilder()
        .AddSource([.. Spans.Sources])
        .SetSampler(new Chosen(() => _sampler))
        .AddProcessor(new Watch(_violations))
        .AddProcessor(new ClosedSpans())
        .AddProcessor(_recorder)
        .Build();

    public void Dispose() => _traces.Dispose();

    [Fact]
    public async Task EverySpan_IsInTheListWithAllItsAttributes()
    {
        foreach (var name in new[] { Spans.Content, Spans.Info, Spans.Availability, Spans.SessionOpen, Spans.SessionClose, Spans.Voucher })
        {
            await RunAsync(name, isFromGateway: false);
        }

        foreach (var name in new[] { Spans.WorkerContent, Spans.WorkerInfo, Spans.WorkerAvailability })
        {
            await RunAsync(name, isFromGateway: true);
        }

        Assert.Empty(_violations);
        Assert.Equal(Spans.All.Select(rule => rule.Name).Order(), _recorder.Spans.Select(span => span.Name).Distinct().Order());
    }

    [Fact]
    public void List_KnowsNoWordThatNamesSomebody()
    {
        foreach (var rule in Spans.All)
        {
            Assert.Matches("^[a-z]+([._][a-z]+)*$", rule.Name);
            foreach (var (key, value) in rule.Attributes)
            {
                Assert.Matches("^(bttproxy|http|network|error)[.][a-z_.]+$", key);
                Assert.All(
                    new object[] { InfoHash, "127.0.0.1", "[2001:db8::1]:443", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", $"/c/{InfoHash}", 123_456_789_012L },
                    secret => Assert.False(value.Allows(secret), $"{rule.Name} {key}"));
            }
        }
    }

    [Fact]
    public void WhatIsNotListed_StaysInTheProcess()
    {
        var span = RelayTracing.StartRequest(Spans.Content, default)!;
        span.SetTag("url.path", $"/c/{InfoHash}").SetTag("http.request.method", InfoHash).SetTag("bttproxy.size", "small");
        span.SetStatus(ActivityStatusCode.Error, InfoHash);
        span.TraceStateString = "client=1";
        span.Dispose();
        RelayTracing.StartRequest("other", default)!.Dispose();
        RelayTracing.StartRequest(Spans.Voucher, default)!.AddException(new InvalidOperationException(InfoHash)).Dispose();

        var kept = Assert.Single(_recorder.Of(span.TraceId));
        Assert.Equal([new("bttproxy.size", "small")], kept.Attributes);
        Assert.Equal((ActivityStatusCode.Error, null, null), (span.Status, span.StatusDescription, span.TraceStateString));
        Assert.DoesNotContain(_recorder.Spans, other => other.Name is "other" or Spans.Voucher);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ParentOfARequest_IsWhatAGatewaySays_NeverWhatAClientSays(bool isFromGateway)
    {
        await RunAsync(isFromGateway ? Spans.WorkerInfo : Spans.Info, isFromGateway);

        Assert.Equal(isFromGateway, _recorder.Of(_trace).Any());
        Assert.All(_recorder.Spans.Where(span => span.Name == Spans.Info), span => Assert.Equal(default, span.Parent));
    }

    [Fact]
    public async Task UnsampledRequest_TellsItsWorkerToTakeNoSampleEither()
    {
        _sampler = new AlwaysOffSampler();
        using var request = new HttpRequestMessage();
        await RunAsync(Spans.Content, isFromGateway: false, () => RelayTracing.WriteParent(request.Headers));

        Assert.EndsWith("-00", Assert.Single(request.Headers.GetValues("traceparent")), StringComparison.Ordinal);
        Assert.Empty(_recorder.Spans);
    }

    [Fact]
    public void ActivityOfALibrary_IsNotPassedOn()
    {
        using var library = new Activity("library").Start();
        using var request = new HttpRequestMessage();
        RelayTracing.WriteParent(request.Headers);

        Assert.Empty(request.Headers);
        Assert.Null(RelayTracing.Wanted);
    }

    [Fact]
    public void SwarmWithoutARequest_BeginsNoTrace() => Assert.Null(SwarmTracing.Join());

    [Fact]
    public void HeadersOfClients_AreNotRead()
    {
        var propagator = new NoTraceOfClients();
        DistributedContextPropagator.PropagatorGetterCallback getter = (object? _, string name, out string? value, out IEnumerable<string>? values) => (value, values) = (name, null);
        propagator.ExtractTraceIdAndState(null, getter, out var id, out var state);

        Assert.Equal((null, null), (id, state));
        Assert.Null(propagator.ExtractBaggage(null, getter));
    }

    [Theory]
    [InlineData("metadata", Spans.Info)]
    [InlineData("availability", Spans.Availability)]
    [InlineData(WorkerCluster.ContentRoute, Spans.Content)]
    public void Routes_HaveTheirNames(string route, string expected) => Assert.Equal(expected, WorkerCluster.SpanOf(new RouteConfig { RouteId = route }));

    private async Task RunAsync(string name, bool isFromGateway, Action? inside = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Protocol = "HTTP/2";
        context.Request.Path = $"/c/{InfoHash}";
        context.Request.Headers.TraceParent = $"00-{_trace}-{ActivitySpanId.CreateRandom()}-01";
        context.Request.Headers.TraceState = "client=1";
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new TracedRequest(name, isFromGateway)), name));
        context.Response.Body = new MemoryStream();
        await new TracingMiddleware(async inner =>
        {
            inside?.Invoke();
            if (RelayTracing.Wanted is { } span)
            {
                await FillAsync(inner, name, span);
            }
        }).InvokeAsync(context);
    }

    private static async Task FillAsync(HttpContext context, string name, Activity span)
    {
        switch (name)
        {
            case Spans.Content:
                span.SetTag("bttproxy.outcome", LabelValue.Of(ResponseOutcome.CreditCut)).SetTag("bttproxy.credit.wait", 1.5)
                    .SetTag("bttproxy.size", LabelValue.Of(RelayTracing.SizeOf(1 << 20)));
                context.Features.Set<IForwarderErrorFeature>(new Failure());
                RelayTracing.StartForward(resumes: true)!.SetTag("http.response.status_code", 206).Dispose();
                break;
            case Spans.SessionOpen:
                await Answers.RefuseAsync(context, new Refusal(RefusalCode.SessionRejected, InfoHash, SessionRejection.WrongPrice, null, null));
                break;
            case Spans.Voucher:
                span.SetTag("bttproxy.voucher.answer", LabelValue.Of(VoucherRejection.UnknownSession));
                break;
            case Spans.WorkerContent:
                span.SetTag("bttproxy.source", LabelValue.Of(ContentSource.Swarm)).SetTag("bttproxy.swarm.waits", 3).SetTag("bttproxy.swarm.wait", 0.5);
                SwarmTracing.Join()!.Dispose();
                SwarmTracing.MetadataWait()!.Dispose();
                SwarmTracing.PieceWait(hadPeers: true)!.Dispose();
                break;
            default:
                await Answers.RefuseAsync(context, RefusalCode.Busy, InfoHash);
                break;
        }
    }

    private sealed class Failure : IForwarderErrorFeature
    {
        public ForwarderError Error => ForwarderError.RequestTimedOut;

        public Exception? Exception => null;
    }

    private sealed class Chosen(Func<Sampler> sampler) : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => sampler().ShouldSample(samplingParameters);
    }

    /// <summary>Sees spans as they are made.</summary>
    private sealed class Watch(ConcurrentQueue<string> violations) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            foreach (var (key, value) in data.TagObjects.Where(tag => Spans.Find(data.DisplayName)?.Attributes.GetValueOrDefault(tag.Key)?.Allows(tag.Value) != true))
            {
                violations.Enqueue($"{data.DisplayName} {key}={value}");
            }
        }
    }

    /// <summary>What an exporter would get.</summary>
    private sealed class Recorder : BaseProcessor<Activity>
    {
        private readonly ConcurrentQueue<Kept> _spans = new();

        public IReadOnlyCollection<Kept> Spans => _spans;

        public IEnumerable<Kept> Of(ActivityTraceId trace) => _spans.Where(span => span.Trace == trace);

        public override void OnEnd(Activity data)
        {
            if (data.Recorded)
            {
                _spans.Enqueue(new Kept(data.DisplayName, data.TraceId, data.ParentSpanId, [.. data.TagObjects]));
            }
        }
    }

    private sealed record Kept(string Name, ActivityTraceId Trace, ActivitySpanId Parent, KeyValuePair<string, object?>[] Attributes);
}
