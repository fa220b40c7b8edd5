using System.Collections.Immutable;
using System.Globalization;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;

namespace BttProxy.Tron.Node;

/// <summary>
/// The chain, as several nodes tell it. What money depends on is read from solidified state, and believed when enough of them say the
/// same. Every method throws <see cref="ChainException"/> when they cannot be asked, answer nonsense or do not agree. Safe for
/// concurrent use.
/// </summary>
public sealed class TronNode : IDisposable
{
    private readonly ImmutableArray<TronEndpointClient> _endpoints;
    private readonly NodeAgreement _agreement;

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public TronNode(TronNodeOptions options, TimeProvider timeProvider)
    {
        options.Validate();
        _endpoints = [.. options.Endpoints.Select(endpoint => new TronEndpointClient(endpoint, options, timeProvider))];
        _agreement = new NodeAgreement(_endpoints, options.Quorum, timeProvider);
    }

    /// <summary>The newest block. It may still be undone.</summary>
    public async Task<TronHead> HeadAsync(CancellationToken cancellationToken) => ReachedByAll(
        await _agreement.CollectAsync(static (node, options) => node.Full.GetNowBlock2Async(new EmptyMessage(), options), cancellationToken)
            .ConfigureAwait(false));

    /// <summary>The newest block that can no longer be undone: the one to refer to in transactions.</summary>
    public async Task<TronHead> SolidifiedAsync(CancellationToken cancellationToken) => ReachedByAll(
        await _agreement.CollectAsync(static (node, options) => node.Solidity.GetNowBlock2Async(new EmptyMessage(), options), cancellationToken)
            .ConfigureAwait(false));

    /// <summary>What a call would return in solidified state.</summary>
    public async Task<CallResult> CallAsync(ContractCall call, CancellationToken cancellationToken)
    {
        var answer = await _agreement.AgreeAsync(
            $"a call of {call.Contract}",
            (node, options) => node.Solidity.TriggerConstantContractAsync(call.ToMessage(), options),
            static answer => new TransactionExtention
            {
                ConstantResult = { answer.ConstantResult },
                Result = answer.Result,
                Transaction = new Transaction { Ret = { answer.Transaction?.Ret ?? [] } },
            },
            cancellationToken).ConfigureAwait(false);
        return IsRefused(answer) ? throw CannotCall($"call {call.Contract}", answer) : ResultOf(answer);
    }

    /// <summary>What a call would return in the newest block, which may still be undone, by the node that answers first.</summary>
    public async Task<CallResult> PendingCallAsync(ContractCall call, CancellationToken cancellationToken)
    {
        var answers = await _agreement.CollectAsync(
            (node, options) => node.Full.TriggerConstantContractAsync(call.ToMessage(), options), cancellationToken).ConfigureAwait(false);
        return IsRefused(answers[0]) ? throw CannotCall($"call {call.Contract}", answers[0]) : ResultOf(answers[0]);
    }

    /// <summary>What a call would do in the newest block, and the energy that it needs: the most that any of the nodes that agree says.</summary>
    public Task<Simulation> SimulateAsync(ContractCall call, CancellationToken cancellationToken) =>
        SimulateAsync(call.ToMessage(), $"call {call.Contract}", cancellationToken);

    /// <summary>As above, of a contract's deployment.</summary>
    public Task<Simulation> SimulateAsync(ContractCreation creation, CancellationToken cancellationToken) =>
        SimulateAsync(creation.ToSimulation(), $"deploy {creation.Name}", cancellationToken);

    /// <summary>The code that stands at an address; empty when it is no contract's.</summary>
    public async Task<ReadOnlyMemory<byte>> CodeAsync(TronAddress contract, CancellationToken cancellationToken)
    {
        var message = new BytesMessage { Value = WireAddress.Write(contract) };
        var answer = await _agreement.AgreeAsync(
            $"the code of {contract}", (node, options) => node.Full.GetContractInfoAsync(message, options),
            static answer => new SmartContractDataWrapper { Runtimecode = answer.Runtimecode }, cancellationToken).ConfigureAwait(false);
        return answer.Runtimecode.Memory;
    }

    /// <summary>How a transaction ended for good; null while it has not.</summary>
    public async Task<TransactionOutcome?> OutcomeAsync(Bytes32 id, CancellationToken cancellationToken)
    {
        var message = new BytesMessage { Value = ByteString.CopyFrom(id.Span) };
        var answer = await _agreement.AgreeAsync(
            $"transaction {id}", (node, options) => node.Solidity.GetTransactionInfoByIdAsync(message, options), static answer => answer, cancellationToken)
            .ConfigureAwait(false);
        return OutcomeOf(id, answer);
    }

    /// <summary>How a transaction ended in a block that may still be undone; null when none of the nodes that answer first has it in one.</summary>
    public async Task<TransactionOutcome?> IncludedAsync(Bytes32 id, CancellationToken cancellationToken)
    {
        var message = new BytesMessage { Value = ByteString.CopyFrom(id.Span) };
        var answers = await _agreement.CollectAsync(
            (node, options) => node.Full.GetTransactionInfoByIdAsync(message, options), cancellationToken).ConfigureAwait(false);
        return answers.Select(answer => OutcomeOf(id, answer)).FirstOrDefault(static outcome => outcome is not null);
    }

    /// <summary>How all transactions of a solidified block ended.</summary>
    public async Task<ImmutableArray<TransactionOutcome>> OutcomesAsync(long block, CancellationToken cancellationToken)
    {
        var message = new NumberMessage { Num = block };
        var answer = await _agreement.AgreeAsync(
            string.Create(CultureInfo.InvariantCulture, $"block {block}"),
            (node, options) => node.Solidity.GetTransactionInfoByBlockNumAsync(message, options), static answer => answer, cancellationToken)
            .ConfigureAwait(false);
        var outcomes = answer.TransactionInfo.Select(TransactionOutcome.Read).ToImmutableArray();
        return outcomes.All(outcome => outcome?.Block == block)
            ? [.. outcomes.Select(static outcome => outcome!)]
            : throw new ChainException("A TRON node answered nonsense about a block.", isTransient: true);
    }

    /// <summary>What an account owns in solidified state.</summary>
    public async Task<TronAccount> AccountAsync(TronAddress address, CancellationToken cancellationToken)
    {
        var account = new Account { Address = WireAddress.Write(address) };
        var answer = await _agreement.AgreeAsync(
            $"account {address}",
            (node, options) => node.Solidity.GetAccountAsync(account, options),
            static answer => new Account { Balance = answer.Balance, AssetV2 = { answer.AssetV2 } },
            cancellationToken).ConfigureAwait(false);
        return new TronAccount(answer.Balance, answer.AssetV2.ToImmutableDictionary(
            static token => long.TryParse(token.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : throw new ChainException("A TRON node answered nonsense about a token.", isTransient: true),
            static token => token.Value));
    }

    /// <summary>What an account may use today without burning TRX, by whichever node says least.</summary>
    public async Task<TronResources> ResourcesAsync(TronAddress address, CancellationToken cancellationToken)
    {
        var account = new Account { Address = WireAddress.Write(address) };
        var answers = await _agreement.CollectAsync(
            (node, options) => node.Full.GetAccountResourceAsync(account, options), cancellationToken).ConfigureAwait(false);
        return new TronResources(
            answers.Min(static answer => Left(answer.EnergyLimit, answer.EnergyUsed)),
            answers.Min(static answer => Left(answer.NetLimit, answer.NetUsed)),
            answers.Min(static answer => Left(answer.FreeNetLimit, answer.FreeNetUsed)));

        static long Left(long limit, long used) => Math.Max(0, limit - used);
    }

    public async Task<TronPrices> PricesAsync(CancellationToken cancellationToken)
    {
        var answer = await _agreement.AgreeAsync(
            "the chain's prices",
            static (node, options) => node.Full.GetChainParametersAsync(new EmptyMessage(), options), static answer => answer, cancellationToken)
            .ConfigureAwait(false);
        return new TronPrices(Parameter("getEnergyFee"), Parameter("getTransactionFee"), Parameter("getMaxFeeLimit"));

        long Parameter(string name) => answer.ChainParameter.FirstOrDefault(parameter => parameter.Key == name) is { Value: >= 0 } parameter
            ? parameter.Value
            : throw new ChainException($"The TRON nodes do not tell {name}.", isTransient: false);
    }

    /// <summary>
    /// Sends a transaction to all nodes. Whoever calls this has stored it: when this throws it may be on its way, and may be sent again.
    /// </summary>
    public async Task<BroadcastAnswer> BroadcastAsync(TronTransaction transaction, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(_endpoints.Select(node => TryAsync(node))).ConfigureAwait(false);
        if (answers.Any(static answer => answer.Verdict is { IsAccepted: true }))
        {
            return new BroadcastAnswer(BroadcastRefusal.None, "");
        }

        return answers.All(static answer => answer.Verdict is not null)
            ? answers[0].Verdict!
            : throw answers.First(static answer => answer.Verdict is null).Failure!;

        async Task<(BroadcastAnswer? Verdict, ChainException? Failure)> TryAsync(TronEndpointClient node)
        {
            try
            {
                var answer = await node.AskAsync((node, options) => node.Full.BroadcastTransactionAsync(transaction.Message, options), cancellationToken)
                    .ConfigureAwait(false);
                return Read(answer) is { } verdict
                    ? (verdict, null)
                    : (null, new ChainException($"A TRON node is too busy for the transaction: {OneLine(answer.Message)}", isTransient: true));
            }
            catch (ChainException exception)
            {
                return (null, exception);
            }
        }
    }

    public void Dispose()
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint.Dispose();
        }
    }

    // Null when the node could not decide: sending again may help.
    private static BroadcastAnswer? Read(Return answer)
    {
        var text = OneLine(answer.Message);
        return answer switch
        {
            { Result: true } or { Code: Return.Types.response_code.DupTransactionError } => new BroadcastAnswer(BroadcastRefusal.None, text),
            _ => answer.Code switch
            {
                Return.Types.response_code.ServerBusy or Return.Types.response_code.NoConnection
                    or Return.Types.response_code.NotEnoughEffectiveConnection or Return.Types.response_code.BlockUnsolidified => null,
                Return.Types.response_code.Sigerror => new BroadcastAnswer(BroadcastRefusal.Signature, text),
                Return.Types.response_code.ContractValidateError or Return.Types.response_code.ContractExeError =>
                    new BroadcastAnswer(BroadcastRefusal.Operation, text),
                Return.Types.response_code.BandwithError => new BroadcastAnswer(BroadcastRefusal.Bandwidth, text),
                Return.Types.response_code.TaposError => new BroadcastAnswer(BroadcastRefusal.Reference, text),
                Return.Types.response_code.TooBigTransactionError => new BroadcastAnswer(BroadcastRefusal.TooLarge, text),
                Return.Types.response_code.TransactionExpirationError => new BroadcastAnswer(BroadcastRefusal.Expired, text),
                _ => new BroadcastAnswer(BroadcastRefusal.Other, text),
            },
        };
    }

    private static TransactionOutcome? OutcomeOf(Bytes32 id, TransactionInfo answer) =>
        TransactionOutcome.Read(answer) is not { } outcome ? null
            : outcome.Id == id ? outcome
            : throw new ChainException("A TRON node answered about another transaction.", isTransient: true);

    private static ChainException CannotCall(string what, TransactionExtention answer) =>
        new($"The TRON nodes cannot {what}: {OneLine(answer.Result?.Message)}", isTransient: false);

    private static bool IsRefused(TransactionExtention answer) => answer.Result?.Result != true;

    private static CallResult ResultOf(TransactionExtention answer) =>
        new(HasFailed(answer), answer.ConstantResult.Count > 0 ? answer.ConstantResult[0].Memory : default);

    private static bool HasFailed(TransactionExtention answer) =>
        answer.Transaction?.Ret is [{ Ret: Transaction.Types.Result.Types.code.Failed }, ..];

    private static string OneLine(ByteString? text) =>
        new([.. (text?.ToStringUtf8() ?? "no reason given").Take(200).Select(static c => char.IsControl(c) ? ' ' : c)]);

    private async Task<Simulation> SimulateAsync(TriggerSmartContract message, string what, CancellationToken cancellationToken)
    {
        var answers = await _agreement.CollectAlikeAsync(
            what, (node, options) => node.Full.TriggerConstantContractAsync(message, options),
            static answer => (IsRefused(answer), HasFailed(answer)), cancellationToken).ConfigureAwait(false);
        if (IsRefused(answers[0]))
        {
            throw CannotCall(what, answers[0]);
        }

        if (HasFailed(answers[0]))
        {
            return new Simulation(ResultOf(answers[0]), 0);
        }

        // The estimate of a full node that offers one covers calls whose inner calls need more than they use.
        var energy = Math.Max(answers.Max(static answer => answer.EnergyUsed), await EstimateAsync(message, cancellationToken).ConfigureAwait(false));
        return new Simulation(ResultOf(answers[0]), energy);
    }

    private async Task<long> EstimateAsync(TriggerSmartContract message, CancellationToken cancellationToken)
    {
        foreach (var node in _endpoints)
        {
            try
            {
                var answer = await node.AskAsync((node, options) => node.Full.EstimateEnergyAsync(message, options), cancellationToken)
                    .ConfigureAwait(false);
                if (answer.Result?.Result == true)
                {
                    return answer.EnergyRequired;
                }
            }
            catch (ChainException)
            {
                // Many nodes do not offer it.
            }
        }

        return 0;
    }

    // All that answered have it: as many as must agree.
    private static TronHead ReachedByAll(ImmutableArray<BlockExtention> answers) =>
        answers.Select(TronHead.Read).MinBy(static head => head.Number)!;
}
