using System.Net;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Swarm;

internal sealed partial class TorrentPeers
{
    // Peer addresses are those of the swarm, never of a client; still no line has an address and an info-hash.
    [LoggerMessage(Level = LogLevel.Debug, Message = "Peer {EndPoint} is not dialled: {Reason}")]
    private static partial void LogDialRefused(ILogger logger, IPEndPoint endPoint, ConnectRefusal reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Dialling peer {EndPoint} failed: {Error}")]
    private static partial void LogDialFailed(ILogger logger, IPEndPoint endPoint, string error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection to peer {EndPoint} ended: {Reason}")]
    private static partial void LogPeerDropped(ILogger logger, IPEndPoint endPoint, DropReason reason);
}
