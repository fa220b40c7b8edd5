using System.Collections.Frozen;
using BttProxy.Protocol.Messages;
using Yarp.ReverseProxy.Forwarder;

namespace BttProxy.Relay.Observability;

/// <summary>
/// Every span of a relay, whichever project makes it, with the closed set of its attributes. What is not here does not leave the process
/// (<see cref="ClosedSpans"/>), and a test fails on it. No attribute names a client, a peer, a torrent, a session, a channel or a worker; a
/// request's path would, because it has its token and info-hash, and so would the exact number of its bytes.
/// </summary>
internal static class Spans
{
    public const string Content = "content";
    public const string Info = "info";
    public const string Availability = "availability";
    public const string SessionOpen = "session.open";
    public const string SessionClose = "session.close";
    public const string Voucher = "voucher";
    public const string Forward = "forward";
    public const string WorkerContent = "worker.content";
    public const string WorkerInfo = "worker.info";
    public const string WorkerAvailability = "worker.availability";

    private static readonly (string, SpanValue)[] Request =
    [
        ("http.request.method", SpanValue.Word("GET", "HEAD", "POST")),
        ("http.response.status_code", SpanValue.Number(100, 599)),
        ("network.protocol.version", SpanValue.Word("1.1", "2")),
        ("bttproxy.refusal", SpanValue.Word<RefusalCode>()),
    ];

    private static readonly (string, SpanValue)[] Forwarded = [.. Request, ("error.type", SpanValue.Word<ForwarderError>())];

    public static IReadOnlyList<SpanRule> All { get; } =
    [
        // Gateway: one for each paid request
        Rule(
            Content, [.. Forwarded, ("bttproxy.outcome", SpanValue.Word<ResponseOutcome>()), ("bttproxy.credit.wait", SpanValue.Seconds),
            ("bttproxy.size", SpanValue.Word<ContentSize>())]),
        Rule(Info, Forwarded),
        Rule(Availability, Forwarded),
        Rule(SessionOpen, [.. Request, ("bttproxy.session.rejection", SpanValue.Word<SessionRejection>())]),
        Rule(SessionClose, Request),
        Rule(Voucher, [.. Request, ("bttproxy.voucher.answer", SpanValue.Word<VoucherRejection>())]),

        // From gateway to worker: one for each worker that is asked, until it answers
        Rule(Forward, ("http.response.status_code", SpanValue.Number(100, 599)), ("bttproxy.resumed", SpanValue.Truth)),

        // Worker
        Rule(
            WorkerContent, [.. Request, ("bttproxy.source", SpanValue.Word<ContentSource>()), ("bttproxy.swarm.waits", SpanValue.Number(0, int.MaxValue)),
            ("bttproxy.swarm.wait", SpanValue.Seconds)]),
        Rule(WorkerInfo, Request),
        Rule(WorkerAvailability, Request),

        // Swarm
        Rule("swarm.join"),
        Rule("swarm.metadata"),
        Rule("swarm.piece", ("bttproxy.swarm.had_peers", SpanValue.Truth)),
    ];

    /// <summary>Whose spans are exported; of libraries none.</summary>
    public static IReadOnlyList<string> Sources { get; } = [RelayTracing.SourceName, "BttProxy.Swarm"];

    private static readonly FrozenDictionary<string, SpanRule> ByName = All.ToFrozenDictionary(rule => rule.Name);

    public static SpanRule? Find(string name) => ByName.GetValueOrDefault(name);

    private static SpanRule Rule(string name, params (string Key, SpanValue Value)[] attributes) =>
        new(name, attributes.ToFrozenDictionary(attribute => attribute.Key, attribute => attribute.Value));
}
