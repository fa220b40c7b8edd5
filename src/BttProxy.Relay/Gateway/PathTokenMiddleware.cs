using BttProxy.Protocol.Tunnel;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;

namespace BttProxy.Relay.Gateway;

/// <summary>
/// The door of the tunnel: a request whose first segment is a valid, unused token goes on without that segment; everything else goes to the
/// decoy site, which is the last thing a prober can tell apart. Runs first, so nothing of the tunnel can answer before it.
/// </summary>
internal sealed class PathTokenMiddleware(
    RequestDelegate next, RequestDelegate site, RelayKeys keys, ReplaySet<UInt128> seen, TimeProvider time, RelayMetrics metrics)
{
    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (path is null || !TrySplit(path, out var segment, out var rest) || !IsValid(segment))
        {
            return site(context);
        }

        context.Features.Set(new TunnelRequest());
        context.Request.PathBase = PathString.Empty;
        context.Request.Path = rest;
        return next(context);
    }

    private static bool TrySplit(string path, out ReadOnlySpan<char> segment, out string rest)
    {
        segment = default;
        rest = "";
        if (path.Length < PathToken.Length + 3 || path[PathToken.Length + 1] != '/')
        {
            return false;
        }

        segment = path.AsSpan(1, PathToken.Length);
        rest = path[(PathToken.Length + 1)..];
        return true;
    }

    private bool IsValid(ReadOnlySpan<char> segment)
    {
        var verdict = PathToken.Check(keys.PathKey, segment, time.GetUtcNow(), out var nonce);
        if (verdict != PathTokenVerdict.Valid)
        {
            metrics.TokenRejected(verdict == PathTokenVerdict.NotAToken ? "format" : "hmac");
            return false;
        }

        if (!seen.TryAdd(nonce))
        {
            metrics.TokenRejected("replay");
            return false;
        }

        return true;
    }
}
