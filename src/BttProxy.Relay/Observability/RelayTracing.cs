using System.Diagnostics;
using System.Net.Http.Headers;

namespace BttProxy.Relay.Observability;

/// <summary>
/// Makes the relay's spans. Only its own sources are exported, because the libraries' spans carry paths and addresses; so ASP.NET Core's
/// activity of a request, and whatever a client wrote into its headers, is no parent of ours.
/// </summary>
internal static class RelayTracing
{
    public const string SourceName = "BttProxy.Relay";

    private const string TraceParent = "traceparent";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Somebody wants spans; when not, a request costs nothing more than asking here.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>The span that runs, when it is ours and its attributes are wanted.</summary>
    public static Activity? Wanted => Activity.Current is { IsAllDataRequested: true } current && current.Source == Source ? current : null;

    /// <summary>The span of a request. Call it in an async method of its own: it parts with the present activity.</summary>
    /// <param name="name">As in <see cref="Spans"/>.</param>
    /// <param name="parent">Of a gateway, for its worker; none begins a new trace.</param>
    public static Activity? StartRequest(string name, ActivityContext parent)
    {
        Activity.Current = null;
        return Source.StartActivity(name, ActivityKind.Server, parent);
    }

    /// <summary>The span of asking a worker.</summary>
    public static Activity? StartForward(bool resumes) => Source.StartActivity(Spans.Forward, ActivityKind.Client)?.SetTag("bttproxy.resumed", resumes);

    /// <summary>What a gateway said; nothing that others say is read.</summary>
    public static ActivityContext ParentOf(IHeaderDictionary headers) =>
        ActivityContext.TryParse(headers.TraceParent, null, isRemote: true, out var parent) ? parent : default;

    /// <summary>Tells a worker which span it works for, also when that is not sampled: the worker then takes no sample either.</summary>
    public static void WriteParent(HttpRequestHeaders headers)
    {
        headers.Remove(TraceParent);
        if (Activity.Current is { } current && current.Source == Source)
        {
            headers.TryAddWithoutValidation(TraceParent, current.Id);
        }
    }

    public static ContentSize SizeOf(long bytes) => bytes switch
    {
        <= 0 => ContentSize.None,
        <= 256 * 1024 => ContentSize.Small,
        <= 4 << 20 => ContentSize.Medium,
        <= 64 << 20 => ContentSize.Large,
        _ => ContentSize.Huge,
    };
}
