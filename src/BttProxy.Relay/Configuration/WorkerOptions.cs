using System.Net;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>The swarm side.</summary>
public sealed class WorkerOptions
{
    /// <summary>
    /// Workers the gateway forwards to, beside one in its own process: "unix:/path", "http://host:port", or "dns:host:port" for every address
    /// of a name. Default: empty.
    /// </summary>
    public IReadOnlyList<string> Addresses { get; set; } = [];

    /// <summary>
    /// How often names in worker.addresses are looked up and workers are asked whether they are ready. Default: 5 s, so that a worker that
    /// comes or goes is noticed about as fast as a cluster starts one.
    /// </summary>
    [AllowedRange("00:00:01", "00:10:00")]
    public TimeSpan Refresh { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Where a worker without a gateway in its process listens for gateways: "unix:/path" or "http://IP:PORT", port 0 for a free one. Whoever
    /// reaches it gets content for nothing, so keep it on a private network that only gateways reach. Null: not set. Default: null.
    /// </summary>
    public string? Listen { get; set; }

    /// <summary>
    /// Where the swarm engine takes peers' connections; port 0 takes a free one, [::] is every address of both families. Default: 0.0.0.0:6881.
    /// </summary>
    public IPEndPoint SwarmListen { get; set; } = new(IPAddress.Any, 6881);

    /// <summary>A second address for that, IPv6 beside the IPv4 one; port 0 is the same port. Null: none. Default: null.</summary>
    public IPEndPoint? SwarmListenIPv6 { get; set; }

    /// <summary>
    /// How connections to peers are hidden: "prefer" dials encrypted first and takes both, "require" knows RC4 only, "off" is in clear.
    /// Default: prefer.
    /// </summary>
    public EncryptionPolicy Encryption { get; set; }

    /// <summary>
    /// What connections to peers run over: "tcpAndUtp" (dials use uTP where TCP failed), "tcp" or "utp". uTP takes the UDP port of the same
    /// number, beside the DHT where that has it. Default: tcpAndUtp.
    /// </summary>
    public PeerTransports Transports { get; set; }

    /// <summary>Bytes per second that all peers together get from this relay; clients' traffic does not count. Null: no limit. Default: null.</summary>
    [ByteSize]
    [AllowedRange("1", "1125899906842624")]
    public long? MaxUploadRate { get; set; }

    /// <summary>
    /// How much of a torrent peers get from this relay, in percent of what it fetched or holds. A relay that gives nothing is choked by
    /// others. Null: no limit. Default: 100.
    /// </summary>
    [AllowedRange("0", "1000000")]
    public int? MaxUploadPercent { get; set; } = 100;

    /// <summary>How long to look for a torrent's metadata before answering 504. Default: 45 s.</summary>
    [AllowedRange("00:00:01", "00:10:00")]
    public TimeSpan MetadataTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>A torrent nobody asks for is dropped from the swarm after this; its pieces stay. Default: 5 min.</summary>
    [AllowedRange("00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Torrents in the swarm at a time. Default: 200.</summary>
    [AllowedRange("1", "100000")]
    public int MaxTorrents { get; set; } = 200;
}
