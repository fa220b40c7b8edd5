using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace BttProxy.Relay.Worker;

/// <summary>Where a worker listens: a Unix socket, or an address and port.</summary>
internal sealed record WorkerListen
{
    private const string UnixScheme = "unix:";
    private const string HttpScheme = "http://";

    private WorkerListen(string? socketPath, IPEndPoint? endPoint) => (SocketPath, EndPoint) = (socketPath, endPoint);

    public string? SocketPath { get; }

    public IPEndPoint? EndPoint { get; }

    public static WorkerListen OnSocket(string path) => new(path, null);

    public static bool TryParse(string text, [NotNullWhen(true)] out WorkerListen? listen)
    {
        listen = text.StartsWith(UnixScheme + '/', StringComparison.Ordinal) ? OnSocket(text[UnixScheme.Length..])
            : text.StartsWith(HttpScheme, StringComparison.Ordinal)
              && IPEndPoint.TryParse(text.AsSpan(HttpScheme.Length).TrimEnd('/'), out var endPoint) ? new WorkerListen(null, endPoint)
            : null;
        return listen is not null;
    }

    public override string ToString() => SocketPath is null ? $"{HttpScheme}{EndPoint}" : UnixScheme + SocketPath;
}
