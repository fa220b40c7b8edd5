namespace BttProxy.BitTorrent.Swarm;

/// <summary>Why a connection to a peer ended.</summary>
internal enum DropReason
{
    None = 0,
    /// <summary>The peer or the network closed it.</summary>
    Closed = 1,
    /// <summary>We are shutting down, or the torrent was removed.</summary>
    Stopping = 2,
    HandshakeFailed = 3,
    HandshakeTimeout = 4,
    SelfConnection = 5,
    AlreadyConnected = 6,
    TooManyPeers = 7,
    MessageTooLong = 8,
    MalformedMessage = 9,
    /// <summary>A piece or block that the torrent does not have.</summary>
    IndexOutOfRange = 10,
    UnrequestedData = 11,
    /// <summary>It kept asking for blocks that it does not get.</summary>
    TooManyRequests = 12,
    /// <summary>Its data failed the hash check.</summary>
    BadData = 13,
    BadMetadata = 14,
    /// <summary>It promised blocks and did not send them, or hardly any.</summary>
    Stalled = 15,
    /// <summary>Nothing was exchanged for a long time, or nothing of use while others wait for its place.</summary>
    Idle = 16,
    /// <summary>It does not read what we send.</summary>
    NotReading = 17,
    Banned = 18,
    /// <summary>Our own fault: handling what it sent failed in a way that nobody foresaw.</summary>
    InternalError = 19,
    /// <summary>It came in clear, and we take only what is encrypted.</summary>
    NotEncrypted = 20,
    /// <summary>It names other peers far more often than once a minute.</summary>
    PeerExchangeFlood = 21,
    /// <summary>The torrent turned out to be private (BEP 27), and the peer did not come from its trackers.</summary>
    PrivateTorrent = 22,
    /// <summary>Neither side wants anything (BEP 21).</summary>
    Redundant = 23,
    /// <summary>It was idle, and a peer of higher priority came (BEP 40).</summary>
    Replaced = 24,
    /// <summary>Hashes (BEP 52) that its proof does not bear out.</summary>
    BadHashes = 25,
}
