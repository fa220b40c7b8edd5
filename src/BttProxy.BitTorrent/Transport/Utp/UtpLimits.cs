namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>Numbers that bound one connection. Times are microseconds.</summary>
internal static class UtpLimits
{
    public const long Millisecond = 1000;
    public const long Second = 1000 * Millisecond;

    /// <summary>
    /// Datagrams with their header. 1,428 bytes with UDP and IPv4 headers fit through the usual tunnels, and routers may cut larger ones, as
    /// the don't-fragment flag is off. Not more on loopback either: libtorrent and Transmission receive into 1,500 and 4,096 bytes, and what
    /// is cut off there would be missing from the stream unnoticed.
    /// </summary>
    public const int MaxDatagram = 1400;

    public const int MaxPayload = MaxDatagram - UtpHeader.Length;

    /// <summary>What a peer may send before the reader takes it; libtorrent and libutp have 1 MiB too.</summary>
    public const int ReceiveCapacity = 1 << 20;

    /// <summary>What a writer may hand over before the peer takes it.</summary>
    public const int SendCapacity = 1 << 20;

    /// <summary>Packets kept behind a missing one, and packets in flight: a window of full ones and some small.</summary>
    public const int MaxPacketsAhead = 1024;

    /// <summary>RFC 6817: at most 100 ms; everybody in BitTorrent has 100.</summary>
    public const long TargetDelay = 100 * Millisecond;

    /// <summary>BEP 29.</summary>
    public const long MinTimeout = 500 * Millisecond;

    public const long FirstTimeout = Second;

    public const long MaxTimeout = 30 * Second;

    /// <summary>A packet sent so often without any sign of life ends the connection: half a minute with the shortest timeouts.</summary>
    public const int MaxTransmissions = 6;

    /// <summary>SYN after 0, 1 and 3 s.</summary>
    public const int MaxSyns = 3;

    /// <summary>No byte of ours acknowledged for this long, whatever else the peer says, ends the connection.</summary>
    public const long StallTimeout = 60 * Second;

    /// <summary>Routers forget a UDP flow after 30 s.</summary>
    public const long KeepAlive = 29 * Second;

    /// <summary>A closed connection whose rest nobody takes is forgotten.</summary>
    public const long CloseTimeout = 10 * Second;

    /// <summary>
    /// How far behind its SYN a packet may be that opens a connection, as packets overtake each other: see <see cref="SynCookies"/>.
    /// </summary>
    public const int MaxFirstPackets = 8;

    /// <summary>After our FIN is acknowledged, how long the peer's may still come.</summary>
    public const long Linger = 2 * Second;
}
