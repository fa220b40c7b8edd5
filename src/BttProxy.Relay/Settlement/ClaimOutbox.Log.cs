using BttProxy.Protocol.Keys;

namespace BttProxy.Relay.Settlement;

internal sealed partial class ClaimOutbox
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Claim of {Rows} channels is transaction {TransactionId}, {Energy} energy")]
    private partial void LogPrepared(int rows, Bytes32 transactionId, long energy);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The block of claim {TransactionId} was undone; it is sent again")]
    private partial void LogUndone(Bytes32 transactionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Claim {TransactionId} has changed nothing ({Reason}); its channels are claimed again")]
    private partial void LogEnded(Bytes32 transactionId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The chain refuses the claim of channel {ChannelId}: {Reason}")]
    private partial void LogRefused(ChannelId channelId, string reason);
}
