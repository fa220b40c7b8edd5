using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BttProxy.Relay.Routing;

/// <summary>An entry of <c>worker.addresses</c>: exactly one of the three is set.</summary>
/// <param name="SocketPath">Of <c>unix:/path</c>.</param>
/// <param name="Url">Of <c>http://host:port</c>.</param>
/// <param name="Name">Of <c>dns:host:port</c>: as many workers as the name has addresses.</param>
internal sealed record WorkerAddress(string? SocketPath, Uri? Url, (string Host, int Port)? Name)
{
    private const string UnixScheme = "unix:";
    private const string DnsScheme = "dns:";

    // Names of workers are hashed with the torrent; see WorkerLoad.
    private const int MaxLength = 200;

    public static bool TryParse(string text, [NotNullWhen(true)] out WorkerAddress? address)
    {
        address = text.Length > MaxLength ? null
            : text.StartsWith(UnixScheme + '/', StringComparison.Ordinal) ? new WorkerAddress(text[UnixScheme.Length..], null, null)
            : text.StartsWith(DnsScheme, StringComparison.Ordinal) ? OfName(text.AsSpan(DnsScheme.Length))
            : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && url.PathAndQuery == "/"
                ? new WorkerAddress(null, url, null)
            : null;
        return address is not null;
    }

    private static WorkerAddress? OfName(ReadOnlySpan<char> text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon].ToString();
        return Uri.CheckHostName(host) == UriHostNameType.Dns
            && ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
                ? new WorkerAddress(null, null, (host, port))
                : null;
    }
}
