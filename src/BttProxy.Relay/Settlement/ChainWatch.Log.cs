using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Settlement;

internal sealed partial class ChainWatch
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The chain cannot be read, so no new credit is given after a while: {Reason}")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The payer of session {SessionId} asks for its money back; its vouchers are claimed now")]
    private partial void LogWithdraw(SessionId sessionId);
}
