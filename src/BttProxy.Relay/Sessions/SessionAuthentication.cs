using BttProxy.Protocol.Messages;
using Microsoft.Net.Http.Headers;

namespace BttProxy.Relay.Sessions;

/// <summary>Reads the bearer token of a request.</summary>
internal static class SessionAuthentication
{
    private const string Scheme = "Bearer ";

    /// <summary>The live session that the request's bearer token opens, or null.</summary>
    public static RelaySession? FindSession(this HttpContext context, SessionRegistry sessions)
    {
        var header = context.Request.Headers[HeaderNames.Authorization];
        return header.Count == 1
            && header[0] is { } value
            && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && BearerToken.TryParseHeader(value.AsSpan(Scheme.Length), out var token)
                ? sessions.Find(token)
                : null;
    }
}
