using BttProxy.Tron.Node.Wire;
using Grpc.Core;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>A full node's service: the newest state.</summary>
internal sealed class WalletService(NodeFront front) : Wallet.WalletBase
{
    public override Task<BlockExtention> GetNowBlock2(EmptyMessage request, ServerCallContext context) =>
        front.ReadAsync(NodeAnswers.Head, isSolidified: false, context);

    public override Task<Return> BroadcastTransaction(Transaction request, ServerCallContext context) =>
        front.AnswerAsync(() => front.Chain.BroadcastAsync(request, context.CancellationToken));

    public override Task<TransactionExtention> TriggerConstantContract(TriggerSmartContract request, ServerCallContext context) =>
        front.ReadAsync(view => NodeAnswers.Call(view, request), isSolidified: false, context);

    public override Task<EstimateEnergyMessage> EstimateEnergy(TriggerSmartContract request, ServerCallContext context) =>
        front.ReadAsync(view => NodeAnswers.Estimate(view, request, front.EstimatesEnergy), isSolidified: false, context);

    public override Task<TransactionInfo> GetTransactionInfoById(BytesMessage request, ServerCallContext context) =>
        front.ReadAsync(view => NodeAnswers.Info(view, request), isSolidified: false, context);

    public override Task<TransactionInfoList> GetTransactionInfoByBlockNum(NumberMessage request, ServerCallContext context) =>
        front.ReadAsync(view => NodeAnswers.Infos(view, request), isSolidified: false, context);

    public override Task<Account> GetAccount(Account request, ServerCallContext context) =>
        front.ReadAsync(view => NodeAnswers.Account(view, request), isSolidified: false, context);

    public override Task<AccountResourceMessage> GetAccountResource(Account request, ServerCallContext context) =>
        front.AnswerAsync(() => Task.FromResult(NodeAnswers.Resources()));

    public override Task<SmartContractDataWrapper> GetContractInfo(BytesMessage request, ServerCallContext context) =>
        front.ReadAsync(view => NodeAnswers.Code(view, request), isSolidified: false, context);

    public override Task<ChainParameters> GetChainParameters(EmptyMessage request, ServerCallContext context) =>
        front.AnswerAsync(() => Task.FromResult(NodeAnswers.Parameters()));
}
