using BttProxy.Protocol.Keys;
using BttProxy.Tron;

namespace BttProxy.Devnet.Chain;

internal static partial class ChainEndpoints
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Transaction {TransactionId} ({Kind}) is in block {Block}.")]
    private static partial void LogAccepted(ILogger logger, string kind, Bytes32 transactionId, ulong block);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Transaction {TransactionId} ({Kind}) is refused: {Rejection}.")]
    private static partial void LogRejected(ILogger logger, string kind, Bytes32 transactionId, ContractRejection rejection);

    [LoggerMessage(Level = LogLevel.Error, Message = "The ledger cannot execute transactions.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
