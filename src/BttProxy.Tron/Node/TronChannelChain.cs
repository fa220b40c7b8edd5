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

    public async Task<PreparedClaim> PrepareClaimAsync(IReadOnlyList<ClaimRow> rows, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, MaxRows);
        var call = new ContractCall(_submitter.Address, Domain.Contract, BttChannelsCalls.Claim(rows));
        var (transaction, refusal) = await _sender.PrepareAsync(call, _submitter, cancellationToken).ConfigureAwait(false);
        return transaction is not null
            ? new PreparedClaim(transaction.Id, [.. rows], transaction.Encoded)
            : throw new ChainException($"The contract would refuse the claim: {RejectionOf(refusal)}.", isTransient: false);
    }

    public async Task<ChainReceipt> SubmitClaimAsync(PreparedClaim claim, CancellationToken cancellationToken) =>
        Read(await _sender.SendAsync(TronTransaction.Decode(claim.Payload.Span), cancellationToken).ConfigureAwait(false));

    public async Task<ChainReceipt?> ReceiptAsync(Bytes32 transactionId, CancellationToken cancellationToken) =>
        await _node.OutcomeAsync(transactionId, cancellationToken).ConfigureAwait(false) is { } outcome ? Read(outcome) : null;

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

    private static ChainReceipt Refused(ContractRejection rejection) => new(Bytes32.Zero, 0, rejection, []);

    private static ContractRejection RejectionOf(ReadOnlyMemory<byte> revertData) =>
        BttChannelsResults.TryReadRejection(revertData.Span, out var rejection)
            ? rejection
            : throw new ChainException("The contract refused without a reason that it has; check that the network names the right contract.", isTransient: false);

    private static ChainException Nonsense() =>
        new("The contract answered nonsense; check that the network names the right contract and token.", isTransient: false);

    private async Task<ChainReceipt> SendAsync(TronAddress contract, byte[] data, Secp256k1Key key, CancellationToken cancellationToken)
    {
        var (transaction, refusal) = await _sender.PrepareAsync(new ContractCall(key.Address, contract, data), key, cancellationToken).ConfigureAwait(false);
        return transaction is null ? Refused(RejectionOf(refusal)) : Read(await _sender.SendAsync(transaction, cancellationToken).ConfigureAwait(false));
    }

    private ChainReceipt Read(TransactionOutcome outcome)
    {
        switch (outcome.Status)
        {
            case ExecutionStatus.Success:
                var rows = outcome.Logs
                    .Select(log => _events.TryRead(log, out var read) ? read : null).OfType<RowEvent>().Select(static row => row.Result).ToImmutableArray();
                return new ChainReceipt(outcome.Id, (ulong)outcome.Block, ContractRejection.None, rows);
            case ExecutionStatus.Reverted:
                return new ChainReceipt(outcome.Id, (ulong)outcome.Block, RejectionOf(outcome.Output), []);
            default:
                throw new ChainException($"The transaction failed ({outcome.Status}); it is prepared anew with a new estimate.", isTransient: true);
        }
    }

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
