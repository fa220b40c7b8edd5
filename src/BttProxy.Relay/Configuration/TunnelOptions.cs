using System.Net;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>The public HTTPS side.</summary>
public sealed class TunnelOptions
{
    /// <summary>Address and port to listen on; port 0 takes a free one. Default: 0.0.0.0:443, the port that blends in.</summary>
    public IPEndPoint Listen { get; set; } = new(IPAddress.Any, 443);

    /// <summary>
    /// Addresses that clients dial, at most 4; a port of 0 means the port listened on. Empty: the listening address, which must then be
    /// a single one. Default: empty.
    /// </summary>
    [MaxEntries(4)]
    public IReadOnlyList<IPEndPoint> PublicEndPoints { get; set; } = [];

    /// <summary>Name in the self-made certificate and in the client's SNI. Default: "localhost".</summary>
    public string ServerName { get; set; } = "localhost";

    /// <summary>Folder with the static site that everybody else sees. Null: one plain page. Default: null.</summary>
    [ExistingPath(PathKind.Directory)]
    public string? SiteDirectory { get; set; }

    /// <summary>Self-declared region in the record, two letters. Default: "XX", unknown.</summary>
    [TextPattern("^[A-Z]{2}$", "two capital letters, such as IS")]
    public string Region { get; set; } = "XX";

    /// <summary>Open TCP connections. Each costs some 100 KiB with TLS. Default: 4096.</summary>
    [AllowedRange("1", "1000000")]
    public int MaxConnections { get; set; } = 4096;

    /// <summary>A response on which neither side moves for this long is aborted. Default: 60 s, above the credit wait.</summary>
    [AllowedRange("00:00:01", "00:10:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long running responses may finish after a stop was asked for. Default: 3 s, so a restart costs users seconds.</summary>
    [AllowedRange("00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(3);
}
