using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Sessions;

internal sealed partial class VoucherDesk
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Session {SessionId} sent a voucher that is refused: {Code} ({Verdict})")]
    private partial void LogRefused(SessionId sessionId, VoucherRejection code, SignatureVerdict verdict);

    [LoggerMessage(Level = LogLevel.Error, Message = "The ledger did not take a checked voucher of session {SessionId}: {Outcome}")]
    private partial void LogLedgerDisagrees(SessionId sessionId, AcceptOutcome outcome);

    [LoggerMessage(Level = LogLevel.Error, Message = "A voucher of session {SessionId} could not be stored and is not credited")]
    private partial void LogNotStored(SessionId sessionId, Exception exception);
}
