using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Dht;

internal sealed partial class KrpcTransport
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "A DHT packet could not be sent: {Error}.")]
    private partial void LogSendFailed(SocketError error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Receiving a DHT packet failed: {Error}.")]
    private partial void LogReceiveFailed(SocketError error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Dropped an unreadable DHT packet of {Bytes} bytes.")]
    private partial void LogUnreadable(int bytes);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Dropped a DHT reply that answers no open query of its sender.")]
    private partial void LogUnexpectedReply();

    [LoggerMessage(Level = LogLevel.Error, Message = "Handling a DHT packet failed; the packet was dropped.")]
    private partial void LogHandlingFailed(Exception exception);
}
