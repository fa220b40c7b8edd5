using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Sessions;

internal sealed partial class SessionOpener
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Session {SessionId} opened on channel {ChannelId} with a window of {Window} bytes")]
    private partial void LogOpened(SessionId sessionId, ChannelId channelId, long window);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A session was refused: {Rejection}")]
    private partial void LogRefused(SessionRejection rejection);

    [LoggerMessage(Level = LogLevel.Error, Message = "A session could not be opened because the ledger failed; free disk space or check the state directory")]
    private partial void LogLedgerFailed(Exception exception);
}
