using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Transport.Encryption;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>How a <see cref="SwarmEngine"/> behaves.</summary>
public sealed record SwarmOptions
{
    /// <summary>
    /// Where peers may connect to us; port 0 takes any free one. All IPv6 addresses ([::]) are all IPv4 addresses too, unless
    /// <see cref="ListenIPv6"/> is given. Default: all addresses, any port.
    /// </summary>
    public IPEndPoint Listen { get; init; } = new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 0);

    /// <summary>
    /// A second address, IPv6 beside the IPv4 of <see cref="Listen"/>. Port 0 takes the same as there, which is what trackers and the DHT are
    /// told. Default: none.
    /// </summary>
    public IPEndPoint? ListenIPv6 { get; init; }

    internal ListenAddresses ListenAddresses => new(Listen.Address, ListenIPv6?.Address);

    /// <summary>Where content and state are kept.</summary>
    public required string Directory { get; init; }

    /// <summary>Default: <see cref="StorageLayout.ByName"/>.</summary>
    public StorageLayout Layout { get; init; } = StorageLayout.ByName;

    /// <summary>
    /// Bytes of content kept, of all torrents in <see cref="Directory"/>; what was not used for longest makes way. Takes
    /// <see cref="StorageLayout.ByIndex"/>. Null keeps everything. Default: null.
    /// </summary>
    public long? CacheBytes { get; init; }

    /// <summary>As <see cref="CacheBytes"/>, for each torrent. Default: null.</summary>
    public long? CacheBytesPerTorrent { get; init; }

    /// <summary>
    /// Bytes that stay free on the volume of <see cref="Directory"/>: with less, nothing more is fetched, while what is there is read and
    /// given to peers; it goes on by itself once there is space. Default: 0, which asks for nothing.
    /// </summary>
    public long MinFreeBytes { get; init; }

    /// <summary>Asks a volume; tests give one that tells what they want.</summary>
    internal FreeSpace FreeSpace { get; init; } = static directory => new DriveInfo(directory).AvailableFreeSpace;

    /// <summary>Asked before every dial.</summary>
    public required ConnectGuard ConnectGuard { get; init; }

    /// <summary>
    /// How connections to peers are hidden. Default: <see cref="EncryptionPolicy.Prefer"/>, which keeps nobody out and costs a round trip.
    /// </summary>
    public EncryptionPolicy Encryption { get; init; }

    /// <summary>Default: <see cref="PeerTransports.TcpAndUtp"/>; uTP takes the UDP port of the same number.</summary>
    public PeerTransports Transports { get; init; }

    /// <summary>Connections of the whole engine; each may hold a receive buffer of 256 KiB. Default: 200.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>
    /// Connections that one address (IPv6: one /64) may open to us, so that no stranger takes all places: about one for each torrent that a
    /// client wants from us at once. Incoming connections together take three quarters of <see cref="MaxConnections"/>. Default: 32.
    /// </summary>
    public int MaxIncomingPerAddress { get; init; } = 32;

    /// <summary>More peers than this add work and no speed. Default: 50.</summary>
    public int MaxPeersPerTorrent { get; init; } = 50;

    /// <summary>Dials under way at once; home routers lose track of many. Default: 16.</summary>
    public int MaxHalfOpen { get; init; } = 16;

    /// <summary>
    /// Peers are told of other peers, and those that they name are dialled (BEP 11): it keeps a swarm together without trackers and DHT.
    /// Never for private torrents. Default: true.
    /// </summary>
    public bool PeerExchange { get; init; } = true;

    /// <summary>Peers of one torrent that may take data from us at once, at least one; when more want it, they take turns. Default: 16.</summary>
    public int UploadSlots { get; init; } = 16;

    /// <summary>Bytes per second that all peers together get from us, above zero. Null: no limit. Default: null.</summary>
    public long? MaxUploadRate { get; init; }

    /// <summary>
    /// How much of a torrent's content its peers get from us, in percent: of what was fetched from them, or of what is on disk where that is
    /// more. 0: nothing. Counted from when the torrent was added. Null: no limit. Default: null.
    /// </summary>
    public int? MaxUploadPercent { get; init; }

    /// <summary>
    /// Blocks of 16 KiB asked from one peer at once: rate times round trip of a fast and far peer, as far as the peer keeps so many (reqq of
    /// BEP 10). Default: 2,000, which is 160 MB/s at 200 ms and what libtorrent keeps.
    /// </summary>
    public int MaxRequestsPerPeer { get; init; } = 2000;

    /// <summary>Bytes in which pieces are put together, for all torrents. Default: 64 MiB.</summary>
    public long PieceMemory { get; init; } = 64 * 1024 * 1024;

    /// <summary>Smallest and largest part of a torrent that is fetched ahead of a reader. Default: 8 MiB to 64 MiB.</summary>
    public long MinReadAhead { get; init; } = 8 * 1024 * 1024;

    /// <inheritdoc cref="MinReadAhead"/>
    public long MaxReadAhead { get; init; } = 64 * 1024 * 1024;

    /// <summary>A TCP connect that takes longer is given up. Default: 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From connect to the peer's handshake. Default: 5 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A peer that owes blocks and sends none for this long is asked for one at a time, and others for the rest. Default: 8 s.</summary>
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>A peer that owes blocks must send at least this many bytes per second. Default: 1 KiB.</summary>
    public long MinPeerRate { get; init; } = 1024;

    /// <summary>Over which time <see cref="MinPeerRate"/> is measured. Default: 30 s.</summary>
    public TimeSpan MinPeerRateWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A peer that is asked for metadata and sends none for this long has failed once; three times, and it is not asked again. Default: 8 s.</summary>
    public TimeSpan MetadataTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>A peer that gave and took no block for this long makes room when others wait. Default: 60 s.</summary>
    public TimeSpan UselessAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A peer that does not take what we send within this is closed. Default: 60 s.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection on which no whole message arrives for this long is closed. Default: 3 min; keep-alives come every 2.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// First wait between two DHT lookups for a torrent that needs peers; doubles up to 4 times this without any peer, 64 times with
    /// some. Default: 5 s.
    /// </summary>
    public TimeSpan LookupInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>DHT nodes forget an announced peer after about 30 min. Default: 15 min.</summary>
    public TimeSpan AnnounceInterval { get; init; } = TimeSpan.FromMinutes(15);
}
