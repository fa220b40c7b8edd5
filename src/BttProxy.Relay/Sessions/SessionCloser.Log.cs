using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Sessions;

internal sealed partial class SessionCloser
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Session {SessionId} closed: {Delivered} bytes delivered, {Paid} paid")]
    private partial void LogClosed(SessionId sessionId, long delivered, long paid);

    [LoggerMessage(Level = LogLevel.Error, Message = "The end of session {SessionId} could not be stored; its vouchers are safe, its debt is not")]
    private partial void LogNotSaved(SessionId sessionId, Exception exception);
}
