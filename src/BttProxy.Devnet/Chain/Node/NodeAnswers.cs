using System.Globalization;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>What both services answer, from the newest or the solidified chain.</summary>
internal static class NodeAnswers
{
    public static BlockExtention Head(ChainView view) => new()
    {
        Blockid = ByteString.CopyFrom(view.BlockId(view.Number).Span),
        BlockHeader = new BlockHeader
        {
            RawData = new BlockHeader.Types.raw
            {
                Number = view.Number,
                Timestamp = view.Time.ToUnixTimeMilliseconds(),
                ParentHash = view.Number == 0 ? ByteString.Empty : ByteString.CopyFrom(view.BlockId(view.Number - 1).Span),
            },
        },
    };

    public static TransactionExtention Call(ChainView view, TriggerSmartContract call) => TransactionExecutor.Call(call, view.State, view.NextBlock);

    /// <summary>The least energy with which the call succeeds.</summary>
    public static EstimateEnergyMessage Estimate(ChainView view, TriggerSmartContract call, bool isOffered) => isOffered
        ? TransactionExecutor.Estimate(call, view.State, view.NextBlock)
        : new EstimateEnergyMessage
        {
            Result = new Return
            {
                Code = Return.Types.response_code.ContractValidateError, Message = ByteString.CopyFromUtf8("this node does not support estimate energy"),
            },
        };

    public static TransactionInfo Info(ChainView view, BytesMessage request) =>
        request.Value.Length == Bytes32.Length && view.Find(new Bytes32(request.Value.Span)) is { } info ? info : new TransactionInfo();

    public static TransactionInfoList Infos(ChainView view, NumberMessage request) => new() { TransactionInfo = { view.InfosOf(request.Num) } };

    public static Account Account(ChainView view, Account request)
    {
        if (!ReceivedTransaction.TryReadAddress(request.Address, out var address) || !view.State.Exists(address))
        {
            return new Account();
        }

        var account = new Account { Address = request.Address, Balance = view.State.Balance(address) };
        foreach (var (tokenId, balance) in view.State.TokensOf(address))
        {
            account.AssetV2.Add(tokenId.ToString(CultureInfo.InvariantCulture), balance);
        }

        return account;
    }

    /// <summary>Nothing where no contract stands.</summary>
    public static SmartContractDataWrapper Code(ChainView view, BytesMessage request) =>
        ReceivedTransaction.TryReadAddress(request.Value, out var address)
            ? new SmartContractDataWrapper { Runtimecode = ByteString.CopyFrom(view.State.Code(address).Bytes.Span) }
            : new SmartContractDataWrapper();

    /// <summary>Nobody has a stake, and nothing is free.</summary>
    public static AccountResourceMessage Resources() => new();

    public static ChainParameters Parameters() => new()
    {
        ChainParameter =
        {
            Parameter("getTransactionFee", ChainPrices.BandwidthSun),
            Parameter("getEnergyFee", ChainPrices.EnergySun),
            Parameter("getCreateAccountFee", ChainPrices.NewAccountBandwidthSun),
            Parameter("getCreateNewAccountFeeInSystemContract", ChainPrices.NewAccountSun),
            Parameter("getMaxFeeLimit", ChainPrices.MaxFeeLimit),
        },
    };

    private static ChainParameters.Types.ChainParameter Parameter(string key, long value) => new() { Key = key, Value = value };
}
