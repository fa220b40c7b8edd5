using BttProxy.Tron.Node.Wire;
using Grpc.Core;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>The service that tells only what cannot be undone.</summary>
internal sealed class WalletSolidityService(NodeFront front) : WalletSolidity.WalletSolidityBase
{
    public override Task<BlockExtention> GetNowBlock2(EmptyMessage request, ServerCallContext context) =>
        front.ReadAsync(NodeAnswers.Head, isSolidified: true, context);

    public override Task<TransactionExtention> TriggerConstantContract(TriggerSmartContract request, ServerCallContext context) =>
        front.ReadAsync(view => NodeAnswers.Call(view, request), isSolidified: true, context);

    public override Task<TransactionInfo> GetTransactionInfoById(BytesMessage request, ServerCallContext context) =>
        front.ReadAsync(view => NodeAnswers.Info(view, request), isSolidified: true, context);

    public override Task<TransactionInfoList> GetTransactionInfoByBlockNum(NumberMessage request, ServerCallContext context) =>
        front.ReadAsync(view => NodeAnswers.Infos(view, request), isSolidified: true, context);

    public override Task<Account> GetAccount(Account request, ServerCallContext context) =>
        front.ReadAsync(view => NodeAnswers.Account(view, request), isSolidified: true, context);
}
