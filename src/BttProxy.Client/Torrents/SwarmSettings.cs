using System.Net;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Transport.Encryption;

namespace BttProxy.Client.Torrents;

/// <summary>How a command takes part in a torrent's swarm.</summary>
internal sealed record SwarmSettings
{
    /// <summary>Loopback and private addresses are dialled too; a stranger's list of peers must not reach the user's own network otherwise.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>The trackers that a torrent or link names are asked.</summary>
    public bool AsksTrackers { get; init; } = true;

    /// <summary>HTTP servers that a torrent or link names are asked for content (BEP 19).</summary>
    public bool AsksWebSeeds { get; init; } = true;

    /// <summary>Peers tell each other of peers (BEP 11).</summary>
    public bool ExchangesPeers { get; init; } = true;

    /// <summary>Null for the engine's own default.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>A second address, IPv6; null for none.</summary>
    public IPEndPoint? ListenIPv6 { get; init; }

    /// <summary>How connections to peers are hidden.</summary>
    public EncryptionPolicy Encryption { get; init; }

    /// <summary>What connections to peers run over.</summary>
    public PeerTransports Transports { get; init; }

    /// <summary>Bytes per second; null for no limit.</summary>
    public long? MaxUploadRate { get; init; }

    /// <summary>Of what was fetched or was there, in percent; null for no limit.</summary>
    public int? MaxUploadPercent { get; init; }

    /// <summary>Null for no DHT.</summary>
    public DhtSettings? Dht { get; init; }
}
