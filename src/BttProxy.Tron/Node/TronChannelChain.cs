using System.Collections.Immutable;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Tron.Contracts;

namespace BttProxy.Tron.Node;

/// <summary>
/// The contract on TRON. What a transaction would be refused for is found by simulating it, so a refusal costs nothing; what was sent is
/// judged by its solidified events. Safe for concurrent use.
/// </summary>
public sealed class TronChannelChain : IChannelChain, IDisposable
{
    // A batch of 20 keeps the fee limit and the 80 ms of processor time far away.
    private const int MaxRows = 20;

    private readonly TronNode _node;
    private readonly Secp256k1Key _submitter;
    private readonly TransactionSender _sender;
    private readonly TronChannelOptions _options;
    private readonly BttChannelsEvents _events;
    private readonly ChannelSearch _search;

    /// <param name="node">Belongs to this object from now on.</param>
    /// <param name="domain">The contract.</param>
    /// <param name="token">The TRC-20 token.</param>
    /// <param name="submitter">Pays for transactions that anybody may send; belongs to the caller.</param>
    /// <param name="options">Costs.</param>
    /// <param name="timeProvider">For waiting.</param>
    public TronChannelChain(
        TronNode node, ChannelDomain domain, TronAddress token, Secp256k1Key submitter, TronChannelOptions options, TimeProvider timeProvider)
    {
        (_node, Domain, Token, _submitter, _options) = (node, domain, token, submitter, options);
        _sender = new TransactionSender(node, options, timeProvider);
        _events = new BttChannelsEvents(domain.Contract);
        _search = new ChannelSearch(node, domain, options, timeProvider);
    }

    /// <summary>By the nodes that the network names.</summary>
    /// <param name="network">Nodes, contract and token.</param>
    /// <param name="submitter">As above.</param>
    /// <param name="timeProvider">As above.</param>
    public static TronChannelChain Connect(NetworkDescription network, Secp256k1Key submitter, TimeProvider timeProvider)
    {
        var options = new TronNodeOptions { Endpoints = [.. network.Chain.Nodes.Select(static node => new TronEndpoint(node.FullNode, node.SolidityNode))] };
        return new TronChannelChain(
            new TronNode(options, timeProvider), network.Domain, network.Token, submitter,
            new TronChannelOptions { StartBlock = network.Chain.StartBlock, JsonRpc = network.Chain.JsonRpc }, timeProvider);
    }

    public ChannelDomain Domain { get; }

    public TronAddress Token { get; }

    public int MaxClaimRows => MaxRows;

    public TimeSpan TransactionLifetime => _options.Lifetime;

    public async Task<ChainHead> HeadAsync(CancellationToken cancellationToken)
    {
        var head = await _node.HeadAsync(cancellationToken).ConfigureAwait(false);
        var solidified = await _node.SolidifiedAsync(cancellationToken).ConfigureAwait(false);
        return new ChainHead((ulong)head.Number, (ulong)solidified.Number, head.Time);
    }

    public Task<TokenAmount> BalanceAsync(TronAddress owner, CancellationToken cancellationToken) =>
        AmountAsync(Token, Trc20Calls.BalanceOf(owner), _node.CallAsync, cancellationToken);

    public Task<TokenAmount> PendingBalanceAsync(TronAddress owner, CancellationToken cancellationToken) =>
        AmountAsync(Token, Trc20Calls.BalanceOf(owner), _node.PendingCallAsync, cancellationToken);

    public Task<TokenAmount> DepositedAsync(TronAddress payer, CancellationToken cancellationToken) =>
        AmountAsync(Domain.Contract, BttChannelsCalls.DepositOf(payer, Token), _node.CallAsync, cancellationToken);

    public Task<TokenAmount> PendingDepositAsync(TronAddress payer, CancellationToken cancellationToken) =>
        AmountAsync(Domain.Contract, BttChannelsCalls.DepositOf(payer, Token), _node.PendingCallAsync, cancellationToken);

    public Task<ChainChannel?> ChannelAsync(ChannelId id, CancellationToken cancellationToken) => ChannelAsync(id, _node.CallAsync, cancellationToken);

    public Task<ChainChannel?> PendingChannelAsync(ChannelId id, CancellationToken cancellationToken) =>
        ChannelAsync(id, _node.PendingCallAsync, cancellationToken);

    public async Task<IReadOnlyList<ChannelTerms>> ChannelsOfAsync(
        TronAddress payer, IProgress<ChannelSearchProgress>? progress, CancellationToken cancellationToken)
    {
        var opened = new List<ChannelTerms>();
        foreach (var terms in await _search.FindAsync(payer, progress, cancellationToken).ConfigureAwait(false))
        {
            // Who finds events may invent some; the contract's own state does not.
            if (await ChannelAsync(terms.Id(Domain), cancellationToken).ConfigureAwait(false) is not null)
            {
                opened.Add(terms);
            }
        }

        return opened;
    }

    public async Task<ChainProposal?> PrepareApprovalAsync(Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken)
    {
        var allowed = await AmountAsync(Token, Trc20Calls.Allowance(payer.Address, Domain.Contract), _node.PendingCallAsync, cancellationToken)
            .ConfigureAwait(false);
        // Exactly the amount: a contract that could take more would have to be trusted more.
        return allowed < amount
            ? await PrepareAsync(Token, Trc20Calls.Approve(Domain.Contract, amount), payer, cancellationToken).ConfigureAwait(false)
            : null;
    }

    public async Task<ChainProposal> PrepareDepositAsync(Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken) =>
        await PendingBalanceAsync(payer.Address, cancellationToken).ConfigureAwait(false) < amount
            ? new ChainProposal(null, ContractRejection.InsufficientBalance)
            : await PrepareAsync(Domain.Contract, BttChannelsCalls.Deposit(Token, amount), payer, cancellationToken).ConfigureAwait(false);

    public Task<ChainProposal> PrepareWithdrawDepositAsync(Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken) =>
        PrepareAsync(Domain.Contract, BttChannelsCalls.Withdraw(Token, amount), payer, cancellationToken);

    public Task<ChainProposal> PrepareOpenAsync(
        ChannelTerms terms, OpenChannel open, RecoverableSignature payerSignature, CancellationToken cancellationToken) =>
        PrepareAsync(Domain.Contract, BttChannelsCalls.Open(terms, open, payerSignature), _submitter, cancellationToken);

    public Task SubmitAsync(ChainTransaction transaction, CancellationToken cancellationToken) =>
        _sender.BroadcastAsync(TronTransaction.Decode(transaction.Payload.Span), cancellationToken);

    public async Task<ChainProgress> ProgressAsync(ChainTransaction transaction, CancellationToken cancellationToken)
    {
        var status = await _sender.StatusAsync(transaction.Id, transaction.Expiration, cancellationToken).ConfigureAwait(false);
        if (status.Outcome is not { } outcome)
        {
            return new ChainProgress(status.Stage, null, 0);
        }

        var blocks = status.Stage == TransactionStage.Final
            ? ChainProgress.BlocksNeeded
            : (await _node.HeadAsync(cancellationToken).ConfigureAwait(false)).Number - outcome.Block + 1;
        return new ChainProgress(status.Stage, Read(outcome), (int)Math.Clamp(blocks, 1, ChainProgress.BlocksNeeded));
    }

    public async Task<ImmutableArray<ClaimOutcome>> JudgeClaimAsync(IReadOnlyList<ClaimRow> rows, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, MaxRows);
        var answer = await ReadAsync(Domain.Contract, BttChannelsCalls.Judge(rows), _node.CallAsync, cancellationToken).ConfigureAwait(false);
        return BttChannelsResults.TryReadOutcomes(answer.Span, rows.Count, out var outcomes) ? outcomes : throw Nonsense();
    }

    public async Task<PreparedClaim> PrepareClaimAsync(IReadOnlyList<ClaimRow> rows, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, MaxRows);
        var call = new ContractCall(_submitter.Address, Domain.Contract, BttChannelsCalls.Claim(rows));
        var prepared = await _sender.PrepareAsync(call, _submitter, cancellationToken).ConfigureAwait(false);
        return prepared.Transaction is { } transaction
            ? new PreparedClaim(
                new ChainTransaction(transaction.Id, transaction.Expiration, transaction.Encoded), [.. rows], prepared.Energy, prepared.FeeLimit)
            : throw new ChainException($"The contract would refuse the claim: {RejectionOf(prepared.Refusal)}.", isTransient: false);
    }

    public async Task<ClaimStatus> ClaimStatusAsync(ChainTransaction transaction, CancellationToken cancellationToken)
    {
        var status = await _sender.StatusAsync(transaction.Id, transaction.Expiration, cancellationToken).ConfigureAwait(false);
        return status switch
        {
            { Stage: TransactionStage.Expired } => new ClaimStatus(ClaimStage.Expired),
            { Stage: TransactionStage.Included, Outcome: { } outcome } => new ClaimStatus(ClaimStage.Included) { Block = (ulong)outcome.Block },
            { Stage: TransactionStage.Final, Outcome: { } outcome } => new ClaimStatus(
                outcome.Status == ExecutionStatus.Success ? ClaimStage.Solidified : ClaimStage.Reverted)
            {
                Block = (ulong)outcome.Block,
                Energy = outcome.Energy,
                Fee = outcome.Fee,
                Rows = _events.RowsOf(outcome.Logs),
                Reason = outcome.Status switch
                {
                    ExecutionStatus.Success => null,
                    ExecutionStatus.Reverted when BttChannelsResults.TryReadRejection(outcome.Output.Span, out var rejection) => rejection.ToString(),
                    var failed => failed.ToString(),
                },
            },
            _ => new ClaimStatus(ClaimStage.Unknown),
        };
    }

    public async Task<SubmitterAccount> SubmitterAsync(CancellationToken cancellationToken)
    {
        var account = await _node.AccountAsync(_submitter.Address, cancellationToken).ConfigureAwait(false);
        var resources = await _node.ResourcesAsync(_submitter.Address, cancellationToken).ConfigureAwait(false);
        var prices = await _node.PricesAsync(cancellationToken).ConfigureAwait(false);
        return new SubmitterAccount(
            _submitter.Address, account.Sun,
            new ClaimCosts(prices.Energy, prices.Bandwidth, resources.Energy, Math.Max(resources.Bandwidth, resources.FreeBandwidth)));
    }

    public Task<ChainProposal> PrepareCooperativeCloseAsync(
        ChannelTerms terms, CooperativeClose close, RecoverableSignature signer, RecoverableSignature payeeAuthorizer,
        CancellationToken cancellationToken) =>
        PrepareAsync(
            Domain.Contract, BttChannelsCalls.CloseCooperatively(terms, close, signer, payeeAuthorizer), _submitter, cancellationToken);

    public Task<ChainProposal> PrepareRequestWithdrawAsync(Secp256k1Key payer, ChannelTerms terms, CancellationToken cancellationToken) =>
        PrepareAsync(Domain.Contract, BttChannelsCalls.RequestWithdraw(terms), payer, cancellationToken);

    public Task<ChainProposal> PrepareFinishWithdrawAsync(ChannelTerms terms, ulong epoch, CancellationToken cancellationToken) =>
        PrepareAsync(Domain.Contract, BttChannelsCalls.FinishWithdraw(terms, epoch), _submitter, cancellationToken);

    public void Dispose()
    {
        _search.Dispose();
        _node.Dispose();
    }

    private static ContractRejection RejectionOf(ReadOnlyMemory<byte> revertData) =>
        BttChannelsResults.TryReadRejection(revertData.Span, out var rejection)
            ? rejection
            : throw new ChainException("The contract refused without a reason that it has; check that the network names the right contract.", isTransient: false);

    private static ChainException Nonsense() =>
        new("The contract answered nonsense; check that the network names the right contract and token.", isTransient: false);

    private async Task<ChainProposal> PrepareAsync(TronAddress contract, byte[] data, Secp256k1Key key, CancellationToken cancellationToken)
    {
        var prepared = await _sender.PrepareAsync(new ContractCall(key.Address, contract, data), key, cancellationToken).ConfigureAwait(false);
        return prepared.Transaction is not { } transaction
            ? new ChainProposal(null, RejectionOf(prepared.Refusal))
            : new ChainProposal(new ChainTransaction(transaction.Id, transaction.Expiration, transaction.Encoded), ContractRejection.None);
    }

    // Null: it failed without a verdict of the contract.
    private static ChainReceipt? Read(TransactionOutcome outcome) => outcome.Status switch
    {
        ExecutionStatus.Success => new ChainReceipt(outcome.Id, (ulong)outcome.Block, ContractRejection.None),
        ExecutionStatus.Reverted => new ChainReceipt(outcome.Id, (ulong)outcome.Block, RejectionOf(outcome.Output)),
        _ => null,
    };

    private async Task<ChainChannel?> ChannelAsync(ChannelId id, Reader reader, CancellationToken cancellationToken) =>
        BttChannelsResults.TryReadChannel(
            (await ReadAsync(Domain.Contract, BttChannelsCalls.Channel(id), reader, cancellationToken).ConfigureAwait(false)).Span, out var channel)
            ? channel
            : throw Nonsense();

    private static async Task<TokenAmount> AmountAsync(TronAddress contract, byte[] data, Reader reader, CancellationToken cancellationToken) =>
        BttChannelsResults.TryReadAmount((await ReadAsync(contract, data, reader, cancellationToken).ConfigureAwait(false)).Span, out var amount)
            ? amount
            : throw Nonsense();

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(
        TronAddress contract, byte[] data, Reader reader, CancellationToken cancellationToken)
    {
        var result = await reader(new ContractCall(TronAddress.Zero, contract, data), cancellationToken).ConfigureAwait(false);
        return result.HasReverted ? throw Nonsense() : result.Output;
    }

    private delegate Task<CallResult> Reader(ContractCall call, CancellationToken cancellationToken);
}
