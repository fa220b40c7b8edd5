using System.Globalization;
using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;
using Result = BttProxy.Tron.Node.Wire.Transaction.Types.Result.Types.contractResult;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>
/// What a transaction does to the state, and what it costs: bandwidth and energy are always burnt, since nobody has a stake here and the
/// 600 free bytes of a day are not given.
/// </summary>
internal static class TransactionExecutor
{
    /// <summary>Why it cannot be done in this state; null when it can.</summary>
    public static string? Problem(ReceivedTransaction transaction, TvmState state)
    {
        if (!state.Exists(transaction.Owner))
        {
            return "account does not exist";
        }

        return transaction.Operation switch
        {
            TransferContract transfer => ProblemOfTransfer(transaction, transfer, state),
            TransferAssetContract transfer => ProblemOfTransfer(transaction, transfer, state),
            TriggerSmartContract call => ProblemOfCall(transaction, call, state),
            _ => ProblemOfCreation(transaction, (CreateSmartContract)transaction.Operation),
        };
    }

    /// <summary>The transaction's bytes, or the account that it makes, in sun.</summary>
    public static long BandwidthFee(ReceivedTransaction transaction, TvmState state) =>
        MakesAccount(transaction, state) ? ChainPrices.NewAccountBandwidthSun : transaction.Bandwidth * ChainPrices.BandwidthSun;

    /// <summary>Executes what has no problem and can pay for its bandwidth.</summary>
    /// <param name="transaction">Checked before.</param>
    /// <param name="state">Changed.</param>
    /// <param name="block">Where it happens.</param>
    /// <param name="mostEnergy">A fault: less energy than the fee limit gives.</param>
    public static TransactionInfo Execute(ReceivedTransaction transaction, TvmState state, TvmBlock block, long mostEnergy = long.MaxValue)
    {
        var info = new TransactionInfo
        {
            Id = ByteString.CopyFrom(transaction.Id.Span),
            BlockNumber = block.Number,
            Receipt = new ResourceReceipt(),
        };
        var fee = BandwidthFee(transaction, state);
        info.Receipt.NetFee = fee;
        fee += MakesAccount(transaction, state) ? ChainPrices.NewAccountSun : 0;
        Burn(state, transaction.Owner, fee);
        info.Fee = fee;
        switch (transaction.Operation)
        {
            case TransferContract transfer:
                state.TryMove(transaction.Owner, AddressOf(transfer.ToAddress), transfer.Amount);
                state.EndTransaction();
                break;
            case TransferAssetContract transfer:
                state.Create(AddressOf(transfer.ToAddress));
                state.TryMoveToken(transaction.Owner, AddressOf(transfer.ToAddress), TokenIdOf(transfer)!.Value, transfer.Amount);
                state.EndTransaction();
                break;
            default:
                Run(transaction, state, block, mostEnergy, info);
                break;
        }

        return info;
    }

    /// <summary>A call without effects, by anybody; of no contract at all, it creates one from its data.</summary>
    public static TransactionExtention Call(TriggerSmartContract call, TvmState state, TvmBlock block)
    {
        if (!call.ContractAddress.IsEmpty && (!ReceivedTransaction.TryReadAddress(call.ContractAddress, out var contract) || state.Code(contract).Bytes.IsEmpty))
        {
            return new TransactionExtention
            {
                Result = new Return { Code = Return.Types.response_code.ContractValidateError, Message = ByteString.CopyFromUtf8("No contract or not a valid smart contract") },
            };
        }

        var result = Tvm.Call(MessageOf(call, default, ChainPrices.MaxFeeLimit / ChainPrices.EnergySun), state, block);
        return new TransactionExtention
        {
            ConstantResult = { ByteString.CopyFrom(result.Output.Span) },
            EnergyUsed = result.EnergyUsed,
            Logs = { result.Logs.Select(LogOf) },
            Result = new Return { Result = true, Message = ByteString.CopyFromUtf8(Explain(result.Status)) },
            Transaction = new Transaction
            {
                Ret =
                {
                    new Transaction.Types.Result
                    {
                        Ret = result.IsSuccess ? Transaction.Types.Result.Types.code.Sucess : Transaction.Types.Result.Types.code.Failed,
                    },
                },
            },
        };
    }

    /// <summary>Found by halving, as java-tron does: a call may need more than it uses, for what its inner calls must leave over.</summary>
    public static EstimateEnergyMessage Estimate(TriggerSmartContract call, TvmState state, TvmBlock block)
    {
        var most = ChainPrices.MaxFeeLimit / ChainPrices.EnergySun;
        var first = Call(call, state, block);
        if (first.Result is not { Result: true } || first.Transaction.Ret[0].Ret != Transaction.Types.Result.Types.code.Sucess)
        {
            return new EstimateEnergyMessage
            {
                Result = new Return { Code = Return.Types.response_code.ContractExeError, Message = first.Result?.Message ?? ByteString.Empty },
            };
        }

        var (least, enough) = (first.EnergyUsed, most);
        while (least < enough)
        {
            var middle = least + ((enough - least) / 2);
            var isEnough = Tvm.Call(MessageOf(call, default, middle), state, block).IsSuccess;
            (least, enough) = isEnough ? (least, middle) : (middle + 1, enough);
        }

        return new EstimateEnergyMessage { Result = new Return { Result = true }, EnergyRequired = enough };
    }

    private static void Run(ReceivedTransaction transaction, TvmState state, TvmBlock block, long mostEnergy, TransactionInfo info)
    {
        var owner = transaction.Owner;
        var message = transaction.Operation is TriggerSmartContract call
            ? MessageOf(call, transaction.Id, 0)
            : MessageOf((CreateSmartContract)transaction.Operation, transaction.Id);
        var affordable = Math.Min(transaction.Raw.FeeLimit, Math.Max(0, state.Balance(owner) - message.CallValue)) / ChainPrices.EnergySun;
        var result = Tvm.Execute(message with { EnergyLimit = Math.Min(affordable, mostEnergy) }, state, block);
        var energyFee = result.EnergyUsed * ChainPrices.EnergySun;
        Burn(state, owner, energyFee);
        state.EndTransaction();
        var contract = result.CreatedAddress ?? message.To;
        info.Fee += energyFee;
        info.Receipt.EnergyFee = energyFee;
        info.Receipt.EnergyUsageTotal = result.EnergyUsed;
        info.Receipt.Result = (Result)result.Status;
        info.ContractAddress = contract is { } address ? WithPrefix(address) : ByteString.Empty;
        info.ContractResult.Add(ByteString.CopyFrom(result.Output.Span));
        info.Log.AddRange(result.Logs.Select(LogOf));
        if (!result.IsSuccess)
        {
            info.Result = TransactionInfo.Types.code.Failed;
            info.ResMessage = ByteString.CopyFromUtf8(Explain(result.Status));
        }
    }

    private static string? ProblemOfTransfer(ReceivedTransaction transaction, TransferContract transfer, TvmState state) =>
        !ReceivedTransaction.TryReadAddress(transfer.ToAddress, out var to) ? "Invalid toAddress!"
        : to == transaction.Owner ? "Cannot transfer TRX to yourself."
        : transfer.Amount <= 0 ? "Amount must be greater than 0."
        : state.Balance(transaction.Owner) - Costs(transaction, state) < transfer.Amount ? "Validate TransferContract error, balance is not sufficient."
        : null;

    private static string? ProblemOfTransfer(ReceivedTransaction transaction, TransferAssetContract transfer, TvmState state) =>
        !ReceivedTransaction.TryReadAddress(transfer.ToAddress, out var to) ? "Invalid toAddress"
        : to == transaction.Owner ? "Cannot transfer asset to yourself."
        : TokenIdOf(transfer) is not { } token ? "No asset!"
        : transfer.Amount <= 0 ? "Amount must be greater than 0."
        : state.TokenBalance(transaction.Owner, token) < transfer.Amount ? "assetBalance is not sufficient."
        : null;

    private static string? ProblemOfCall(ReceivedTransaction transaction, TriggerSmartContract call, TvmState state) =>
        !ReceivedTransaction.TryReadAddress(call.ContractAddress, out var contract) || state.Account(contract).Code is null
            ? "No contract or not a valid smart contract"
        : ProblemOfFeeLimit(transaction) is { } problem ? problem
        : call.CallValue < 0 || call.CallTokenValue < 0 || (call.CallTokenValue == 0 && call.TokenId != 0) ? "invalid value"
        : state.Balance(transaction.Owner) - Costs(transaction, state) < call.CallValue ? "balance is not sufficient"
        : state.TokenBalance(transaction.Owner, call.TokenId) < call.CallTokenValue ? "assetBalance is not sufficient"
        : null;

    private static string? ProblemOfCreation(ReceivedTransaction transaction, CreateSmartContract creation) =>
        ProblemOfFeeLimit(transaction) is { } problem ? problem
        : creation.NewContract is not { Bytecode.Length: > 0 } contract || contract.OriginAddress != creation.OwnerAddress ? "OwnerAddress is not equals OriginAddress"
        : contract.Name.Length > 32 ? "contractName's length cannot be greater than 32"
        : contract.ConsumeUserResourcePercent is < 0 or > 100 ? "percent must be >= 0 and <= 100"
        : contract.CallValue != 0 || creation.CallTokenValue != 0 ? "this node deploys without value"
        : null;

    private static string? ProblemOfFeeLimit(ReceivedTransaction transaction) =>
        transaction.Raw.FeeLimit is < 0 or > ChainPrices.MaxFeeLimit ? $"feeLimit must be >= 0 and <= {ChainPrices.MaxFeeLimit}" : null;

    private static long Costs(ReceivedTransaction transaction, TvmState state) =>
        BandwidthFee(transaction, state) + (MakesAccount(transaction, state) ? ChainPrices.NewAccountSun : 0);

    private static bool MakesAccount(ReceivedTransaction transaction, TvmState state) => transaction.Operation switch
    {
        TransferContract transfer => ReceivedTransaction.TryReadAddress(transfer.ToAddress, out var to) && !state.Exists(to),
        TransferAssetContract transfer => ReceivedTransaction.TryReadAddress(transfer.ToAddress, out var to) && !state.Exists(to),
        _ => false,
    };

    private static TvmMessage MessageOf(TriggerSmartContract call, Bytes32 transactionId, long energyLimit) => new()
    {
        // Constant calls need no owner.
        Caller = ReceivedTransaction.TryReadAddress(call.OwnerAddress, out var owner) ? owner : TronAddress.Zero,
        To = call.ContractAddress.IsEmpty ? null : AddressOf(call.ContractAddress),
        Data = call.Data.Memory,
        CallValue = call.CallValue,
        TokenValue = call.CallTokenValue,
        TokenId = call.TokenId,
        EnergyLimit = energyLimit,
        TransactionId = transactionId,
    };

    private static TvmMessage MessageOf(CreateSmartContract creation, Bytes32 transactionId) => new()
    {
        Caller = AddressOf(creation.OwnerAddress),
        Data = creation.NewContract.Bytecode.Memory,
        EnergyLimit = 0,
        TransactionId = transactionId,
    };

    private static TransactionInfo.Types.Log LogOf(TvmLog log) => new()
    {
        Address = ByteString.CopyFrom(log.Address.Span),
        Topics = { log.Topics.Select(static topic => ByteString.CopyFrom(topic.Span)) },
        Data = ByteString.CopyFrom(log.Data.Span),
    };

    private static void Burn(TvmState state, TronAddress owner, long sun) => state.SetBalance(owner, state.Balance(owner) - sun);

    private static long? TokenIdOf(TransferAssetContract transfer) =>
        long.TryParse(transfer.AssetName.ToStringUtf8(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static TronAddress AddressOf(ByteString bytes) =>
        ReceivedTransaction.TryReadAddress(bytes, out var address) ? address : throw new ArgumentException("No address.", nameof(bytes));

    private static ByteString WithPrefix(TronAddress address) => ByteString.CopyFrom([0x41, .. address.Span]);

    private static string Explain(TvmStatus status) => status switch
    {
        TvmStatus.Success => "",
        TvmStatus.Revert => "REVERT opcode executed",
        TvmStatus.OutOfEnergy => "Not enough energy",
        _ => status.ToString(),
    };
}
