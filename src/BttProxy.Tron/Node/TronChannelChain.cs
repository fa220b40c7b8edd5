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
        (_node, Domain, Token, _submitter) = (node, domain, token, submitter);
        _sender = new TransactionSender(node, options, timeProvider);
        _events = new BttChannelsEvents(domain.Contract);
        _search = new ChannelSearch(node, _events, options);
    }

    /// <summary>By the nodes that the network names.</summary>
    /// <param name="network">Nodes, contract and token.</param>
    /// <param name="submitter">As above.</param>
    /// <param name="timeProvider">As above.</param>
    public static TronChannelChain Connect(NetworkDescription network, Secp256k1Key submitter, TimeProvider timeProvider)
    {
        var options = new TronNodeOptions { Endpoints = [.. network.Chain.Nodes.Select(static node => new TronEndpoint(node.FullNode, node.SolidityNode))] };
        return new TronChannelChain(
            new TronNode(options, timeProvider), network.Domain, network.Token, submitter, new TronChannelOptions(), timeProvider);
    }

    public ChannelDomain Domain { get; }

    public TronAddress Token { get; }

    public int MaxClaimRows => MaxRows;

    public async Task<ChainHead> HeadAsync(CancellationToken cancellationToken)
    {
        var head = await _node.HeadAsync(cancellationToken).ConfigureAwait(false);
        var solidified = await _node.SolidifiedAsync(cancellationToken).ConfigureAwait(false);
        return new ChainHead((ulong)head.Number, (ulong)solidified.Number, head.Time);
    }

    public Task<TokenAmount> BalanceAsync(TronAddress owner, CancellationToken cancellationToken) =>
        AmountAsync(Token, Trc20Calls.BalanceOf(owner), cancellationToken);

    public Task<TokenAmount> DepositedAsync(TronAddress payer, CancellationToken cancellationToken) =>
        AmountAsync(Domain.Contract, BttChannelsCalls.DepositOf(payer, Token), cancellationToken);

    public async Task<ChainChannel?> ChannelAsync(ChannelId id, CancellationToken cancellationToken) =>
        BttChannelsResults.TryReadChannel((await ReadAsync(Domain.Contract, BttChannelsCalls.Channel(id), cancellationToken).ConfigureAwait(false)).Span, out var channel)
            ? channel
            : throw Nonsense();

    public Task<IReadOnlyList<ChannelTerms>> ChannelsOfAsync(TronAddress payer, CancellationToken cancellationToken) =>
        _search.FindAsync(payer, cancellationToken);

    public async Task<ChainReceipt> DepositAsync(Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken)
    {
        if (await BalanceAsync(payer.Address, cancellationToken).ConfigureAwait(false) < amount)
        {
            return Refused(ContractRejection.InsufficientBalance);
        }

        // Exactly the amount: a contract that could take more would have to be trusted more.
        var allowed = await AmountAsync(Token, Trc20Calls.Allowance(payer.Address, Domain.Contract), cancellationToken).ConfigureAwait(false);
        if (allowed < amount)
        {
            var approval = await SendAsync(Token, Trc20Calls.Approve(Domain.Contract, amount), payer, cancellationToken).ConfigureAwait(false);
            if (!approval.IsAccepted)
            {
                return approval;
            }
        }

        return await SendAsync(Domain.Contract, BttChannelsCalls.Deposit(Token, amount), payer, cancellationToken).ConfigureAwait(false);
    }

    public Task<ChainReceipt> WithdrawDepositAsync(Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken) =>
        SendAsync(Domain.Contract, BttChannelsCalls.Withdraw(Token, amount), payer, cancellationToken);

    public Task<ChainReceipt> OpenChannelAsync(
        ChannelTerms terms, OpenChannel open, RecoverableSignature payerSignature, CancellationToken cancellationToken) =>
        SendAsync(Domain.Contract, BttChannelsCalls.Open(terms, open, payerSignature), _submitter, cancellationToken);

    public async Task<ImmutableArray<ClaimOutcome>> JudgeClaimAsync(IReadOnlyList<ClaimRow> rows, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, MaxRows);
        var answer = await ReadAsync(Domain.Contract, BttChannelsCalls.Judge(rows), cancellationToken).ConfigureAwait(false);
        return BttChannelsResults.TryReadOutcomes(answer.Span, rows.Count, out var outcomes) ? outcomes : throw Nonsense();
    }

    public async Task<PreparedClaim> PrepareClaimAsync(IReadOnlyList<ClaimRow> rows, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, MaxRows);
        var call = new ContractCall(_submitter.Address, Domain.Contract, BttChannelsCalls.Claim(rows));
        var prepared = await _sender.PrepareAsync(call, _submitter, cancellationToken).ConfigureAwait(false);
        return prepared.Transaction is { } transaction
            ? new PreparedClaim(
                transaction.Id, [.. rows], transaction.Encoded, prepared.Energy, prepared.FeeLimit, transaction.Expiration)
            : throw new ChainException($"The contract would refuse the claim: {RejectionOf(prepared.Refusal)}.", isTransient: false);
    }

    public Task BroadcastClaimAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        _sender.BroadcastAsync(TronTransaction.Decode(payload.Span), cancellationToken);

    public async Task<ClaimStatus> ClaimStatusAsync(Bytes32 transactionId, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var status = await _sender.StatusAsync(transactionId, expiresAt, cancellationToken).ConfigureAwait(false);
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
                Rows = RowsOf(outcome),
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

    public Task<ChainReceipt> CooperativeCloseAsync(
        ChannelTerms terms, CooperativeClose close, RecoverableSignature signer, RecoverableSignature payeeAuthorizer,
        CancellationToken cancellationToken) =>
        SendAsync(
            Domain.Contract, BttChannelsCalls.CloseCooperatively(terms, close, signer, payeeAuthorizer), _submitter, cancellationToken);

    public Task<ChainReceipt> RequestWithdrawAsync(Secp256k1Key payer, ChannelTerms terms, CancellationToken cancellationToken) =>
        SendAsync(Domain.Contract, BttChannelsCalls.RequestWithdraw(terms), payer, cancellationToken);

    public Task<ChainReceipt> FinishWithdrawAsync(ChannelTerms terms, ulong epoch, CancellationToken cancellationToken) =>
        SendAsync(Domain.Contract, BttChannelsCalls.FinishWithdraw(terms, epoch), _submitter, cancellationToken);

    public void Dispose() => _node.Dispose();

    private static ChainReceipt Refused(ContractRejection rejection) => new(Bytes32.Zero, 0, rejection);

    private static ContractRejection RejectionOf(ReadOnlyMemory<byte> revertData) =>
        BttChannelsResults.TryReadRejection(revertData.Span, out var rejection)
            ? rejection
            : throw new ChainException("The contract refused without a reason that it has; check that the network names the right contract.", isTransient: false);

    private static ChainException Nonsense() =>
        new("The contract answered nonsense; check that the network names the right contract and token.", isTransient: false);

    private async Task<ChainReceipt> SendAsync(TronAddress contract, byte[] data, Secp256k1Key key, CancellationToken cancellationToken)
    {
        var prepared = await _sender.PrepareAsync(new ContractCall(key.Address, contract, data), key, cancellationToken).ConfigureAwait(false);
        return prepared.Transaction is null
            ? Refused(RejectionOf(prepared.Refusal))
            : Read(await _sender.SendAsync(prepared.Transaction, cancellationToken).ConfigureAwait(false));
    }

    private ImmutableArray<ClaimRowResult> RowsOf(TransactionOutcome outcome) =>
        [.. outcome.Logs.Select(log => _events.TryRead(log, out var read) ? read : null).OfType<RowEvent>().Select(static row => row.Result)];

    private static ChainReceipt Read(TransactionOutcome outcome) => outcome.Status switch
    {
        ExecutionStatus.Success => new ChainReceipt(outcome.Id, (ulong)outcome.Block, ContractRejection.None),
        ExecutionStatus.Reverted => new ChainReceipt(outcome.Id, (ulong)outcome.Block, RejectionOf(outcome.Output)),
        var failed => throw new ChainException($"The transaction failed ({failed}); it is prepared anew with a new estimate.", isTransient: true),
    };

    private async Task<TokenAmount> AmountAsync(TronAddress contract, byte[] data, CancellationToken cancellationToken) =>
        BttChannelsResults.TryReadAmount((await ReadAsync(contract, data, cancellationToken).ConfigureAwait(false)).Span, out var amount)
            ? amount
            : throw Nonsense();

    private async Task<ReadOnlyMemory<byte>> ReadAsync(TronAddress contract, byte[] data, CancellationToken cancellationToken)
    {
        var result = await _node.CallAsync(new ContractCall(TronAddress.Zero, contract, data), cancellationToken).ConfigureAwait(false);
        return result.HasReverted ? throw Nonsense() : result.Output;
    }
}
