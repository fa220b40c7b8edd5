using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BttProxy.Client.Commands;

/// <summary>Addresses on the command line.</summary>
internal static class EndPointText
{
    public static IPEndPoint? ReadOne(ArgumentResult result) => Read(result, result.Tokens[0].Value, zeroPort: true);

    public static IPEndPoint? ReadIPv6(ArgumentResult result)
    {
        var endPoint = ReadOne(result);
        if (endPoint is null or { AddressFamily: AddressFamily.InterNetworkV6 })
        {
            return endPoint;
        }

        result.AddError($"'{endPoint}' is no IPv6 address: give [IP]:PORT.");
        return null;
    }

    /// <summary>Peers to dial: each with a port.</summary>
    public static IPEndPoint[]? ReadMany(ArgumentResult result)
    {
        var all = result.Tokens.Select(token => Read(result, token.Value, zeroPort: false)).ToArray();
        return all.OfType<IPEndPoint>().ToArray() is var good && good.Length == all.Length ? good : null;
    }

    /// <summary>Names or addresses, each with a port.</summary>
    public static DnsEndPoint[]? ReadNames(ArgumentResult result)
    {
        var all = result.Tokens.Select(token => ReadName(result, token.Value)).ToArray();
        return all.OfType<DnsEndPoint>().ToArray() is var good && good.Length == all.Length ? good : null;
    }

    private static IPEndPoint? Read(ArgumentResult result, string text, bool zeroPort)
    {
        if (IPEndPoint.TryParse(text, out var endPoint) && (endPoint.Port > 0 || (zeroPort && text.EndsWith(":0", StringComparison.Ordinal))))
        {
            return endPoint;
        }

        result.AddError($"'{text}' is no address with a port: give IP:PORT, or [IP]:PORT for IPv6.");
        return null;
    }

    private static DnsEndPoint? ReadName(ArgumentResult result, string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon].Trim('[', ']') : "";
        if (Uri.CheckHostName(host) != UriHostNameType.Unknown
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0)
        {
            return new DnsEndPoint(host, port);
        }

        result.AddError($"'{text}' is no host with a port: give HOST:PORT.");
        return null;
    }
}
