using System.Net;

namespace BttProxy.Relay.Routing;

/// <summary>Which bytes of which content a worker's response is.</summary>
/// <param name="From">The first byte.</param>
/// <param name="To">The last byte.</param>
/// <param name="Total">Length of the whole content.</param>
/// <param name="Tag">Of the content; workers that have the same content give the same.</param>
internal readonly record struct ContentSpan(long From, long To, long Total, string? Tag)
{
    /// <summary>Null when the response is not content, or does not say what it is.</summary>
    public static ContentSpan? Of(HttpResponseMessage response)
    {
        var (headers, tag) = (response.Content.Headers, response.Headers.ETag?.Tag);
        return response.StatusCode switch
        {
            HttpStatusCode.PartialContent when headers.ContentRange is { From: { } from, To: { } to, Length: { } total }
                && headers.ContentLength == to - from + 1 => new ContentSpan(from, to, total, tag),
            HttpStatusCode.OK when headers.ContentLength is > 0 and var length => new ContentSpan(0, length - 1, length, tag),
            _ => null,
        };
    }
}
