using System.Diagnostics;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Embedded;

namespace BttProxy.Devnet.Chain;

/// <summary>
/// The rules of the settlement contract as a pure state machine: deposit, open and top up by the payer's authorisation,
/// claim, close, withdraw. Nobody owns it, nothing pauses it, and anyone may submit what carries the right signatures.
/// </summary>
internal sealed class ChannelContract(ChannelDomain domain, TronAddress token)
{
    /// <summary>BTT's supply: 990e12 tokens of 18 decimals. Below it no sum of amounts can overflow.</summary>
    public static readonly TokenAmount MaxSupply = TokenAmount.Parse("990000000000000000000000000000000");

    private readonly ClaimRules _claims = new(domain);

    /// <param name="state">Before.</param>
    /// <param name="transaction">From anybody.</param>
    /// <param name="now">The block's time in unix seconds.</param>
    public Execution Execute(ContractState state, LedgerTransaction transaction, ulong now) => transaction switch
    {
        FaucetTransaction faucet => Faucet(state, faucet),
        DepositTransaction deposit => Deposit(state, deposit),
        WithdrawDepositTransaction withdraw => WithdrawDeposit(state, withdraw),
        OpenTransaction open => Open(state, open, now),
        ClaimTransaction claim => claim.Rows.Length > ClaimTransaction.MaxRows
            ? Execution.Rejected(state, ContractRejection.TooManyRows)
            : _claims.Claim(state, claim.Rows),
        CloseTransaction close => Close(state, close, now),
        RequestWithdrawTransaction request => RequestWithdraw(state, request, now),
        FinishWithdrawTransaction finish => FinishWithdraw(state, finish, now),
        _ => throw new UnreachableException($"No rule for {transaction.GetType().Name}."),
    };

    private static Execution Faucet(ContractState state, FaucetTransaction faucet)
    {
        if (faucet.Amount == TokenAmount.Zero || faucet.Amount > MaxSupply - state.Supply)
        {
            return Execution.Rejected(state, ContractRejection.AmountOutOfRange);
        }

        var account = state.Account(faucet.To);
        return Execution.Accepted(
            state.With(faucet.To, account with { Balance = account.Balance + faucet.Amount }) with { Supply = state.Supply + faucet.Amount });
    }

    private Execution Deposit(ContractState state, DepositTransaction deposit)
    {
        var (account, amount) = (state.Account(deposit.Payer), deposit.Amount);
        var rejection = CheckPayer(account, deposit) is var reason and not ContractRejection.None ? reason
            : amount == TokenAmount.Zero ? ContractRejection.AmountOutOfRange
            : amount > account.Balance ? ContractRejection.InsufficientBalance
            : ContractRejection.None;
        if (rejection != ContractRejection.None)
        {
            return Execution.Rejected(state, rejection);
        }

        var after = new AccountState(account.Balance - amount, account.Deposit + amount, account.Nonce + 1);
        return Execution.Accepted(state.With(deposit.Payer, after) with { ContractBalance = state.ContractBalance + amount });
    }

    private Execution WithdrawDeposit(ContractState state, WithdrawDepositTransaction withdraw)
    {
        var (account, amount) = (state.Account(withdraw.Payer), withdraw.Amount);
        var rejection = CheckPayer(account, withdraw) is var reason and not ContractRejection.None ? reason
            : amount == TokenAmount.Zero ? ContractRejection.AmountOutOfRange
            : amount > account.Deposit ? ContractRejection.InsufficientDeposit
            : ContractRejection.None;
        if (rejection != ContractRejection.None)
        {
            return Execution.Rejected(state, rejection);
        }

        var after = new AccountState(account.Balance + amount, account.Deposit - amount, account.Nonce + 1);
        return Execution.Accepted(state.With(withdraw.Payer, after) with { ContractBalance = state.ContractBalance - amount });
    }

    /// <summary>
    /// The authorisation names the epoch's total, not an addition: it has no number of its own, so whoever holds it could
    /// submit it twice, and must gain nothing by that.
    /// </summary>
    private Execution Open(ContractState state, OpenTransaction transaction, ulong now)
    {
        var (terms, open) = (transaction.Terms, transaction.Open);
        var channel = state.Channels.GetValueOrDefault(open.ChannelId) ?? new ChainChannel(terms, TokenAmount.Zero, TokenAmount.Zero, 0, null);
        var payer = state.Account(terms.Payer);
        var rejection = !AreSound(terms) || terms.Id(domain) != open.ChannelId ? ContractRejection.InvalidTerms
            : open.Epoch != channel.Epoch ? ContractRejection.WrongEpoch
            : now > open.Deadline ? ContractRejection.DeadlinePassed
            : channel.WithdrawAt is not null ? ContractRejection.WithdrawPending
            : open.Amount <= channel.Reserved ? ContractRejection.NotAboveReserved
            : open.Amount - channel.Reserved > payer.Deposit ? ContractRejection.InsufficientDeposit
            : CheckSignature(open.Digest(domain), transaction.Signature, terms.Payer);
        if (rejection != ContractRejection.None)
        {
            return Execution.Rejected(state, rejection);
        }

        return Execution.Accepted(state
            .With(terms.Payer, payer with { Deposit = payer.Deposit - (open.Amount - channel.Reserved) })
            .With(open.ChannelId, channel with { Reserved = open.Amount }));
    }

    private Execution Close(ContractState state, CloseTransaction transaction, ulong now)
    {
        var (terms, close) = (transaction.Terms, transaction.Close);
        if (terms.Id(domain) != close.ChannelId)
        {
            return Execution.Rejected(state, ContractRejection.InvalidTerms);
        }

        if (state.Channels.GetValueOrDefault(close.ChannelId) is not { } channel)
        {
            return Execution.Rejected(state, ContractRejection.UnknownChannel);
        }

        var digest = close.Digest(domain);
        var rejection = close.Epoch != channel.Epoch ? ContractRejection.WrongEpoch
            : now > close.Deadline ? ContractRejection.DeadlinePassed
            : close.Final < channel.Claimed || close.Final > channel.Reserved ? ContractRejection.FinalOutOfRange
            : CheckSignature(digest, transaction.Signer, terms.Signer) is var reason and not ContractRejection.None ? reason
            : CheckSignature(digest, transaction.PayeeAuthorizer, terms.PayeeAuthorizer);
        if (rejection != ContractRejection.None)
        {
            return Execution.Rejected(state, rejection);
        }

        var paid = ClaimRules.Pay(state, terms.Payee, close.Final - channel.Claimed);
        return Execution.Accepted(EndEpoch(paid, close.ChannelId, channel, terms.Payer, close.Final));
    }

    private Execution RequestWithdraw(ContractState state, RequestWithdrawTransaction request, ulong now)
    {
        var account = state.Account(request.Payer);
        if (CheckPayer(account, request) is var reason and not ContractRejection.None)
        {
            return Execution.Rejected(state, reason);
        }

        if (state.Channels.GetValueOrDefault(request.ChannelId) is not { Terms: { } terms } channel)
        {
            return Execution.Rejected(state, ContractRejection.UnknownChannel);
        }

        var rejection = terms.Payer != request.Payer ? ContractRejection.WrongSigner
            : channel.WithdrawAt is not null ? ContractRejection.WithdrawPending
            : channel.Reserved == TokenAmount.Zero ? ContractRejection.InsufficientDeposit
            : ContractRejection.None;
        return rejection != ContractRejection.None
            ? Execution.Rejected(state, rejection)
            : Execution.Accepted(state
                .With(request.Payer, account with { Nonce = account.Nonce + 1 })
                .With(request.ChannelId, channel with { WithdrawAt = now + terms.WithdrawDelay }));
    }

    private static Execution FinishWithdraw(ContractState state, FinishWithdrawTransaction finish, ulong now)
    {
        if (state.Channels.GetValueOrDefault(finish.ChannelId) is not { Terms: { } terms } channel)
        {
            return Execution.Rejected(state, ContractRejection.UnknownChannel);
        }

        var rejection = finish.Epoch != channel.Epoch ? ContractRejection.WrongEpoch
            : channel.WithdrawAt is not { } at ? ContractRejection.NoWithdrawPending
            : now < at ? ContractRejection.WithdrawTooEarly
            : ContractRejection.None;
        return rejection != ContractRejection.None
            ? Execution.Rejected(state, rejection)
            : Execution.Accepted(EndEpoch(state, finish.ChannelId, channel, terms.Payer, channel.Claimed));
    }

    /// <summary>The rest goes to the payer's deposit; the next epoch starts empty, and every older voucher is void.</summary>
    private static ContractState EndEpoch(ContractState state, ChannelId id, ChainChannel channel, TronAddress payer, TokenAmount final)
    {
        var account = state.Account(payer);
        return state
            .With(payer, account with { Deposit = account.Deposit + (channel.Reserved - final) })
            .With(id, new ChainChannel(channel.Terms, TokenAmount.Zero, TokenAmount.Zero, channel.Epoch + 1, null));
    }

    private bool AreSound(ChannelTerms terms) =>
        terms.Token == token && terms.Payer != default && terms.Signer != default && terms.Payee != default && terms.PayeeAuthorizer != default;

    private ContractRejection CheckPayer(AccountState account, PayerTransaction transaction) =>
        transaction.Nonce != account.Nonce ? ContractRejection.BadNonce
            : CheckSignature(transaction.Digest(domain), transaction.Signature, transaction.Payer);

    private static ContractRejection CheckSignature(Bytes32 digest, RecoverableSignature signature, TronAddress expected) =>
        Secp256k1.Recover(digest, signature.Span, out var signer) != SignatureVerdict.Valid ? ContractRejection.BadSignature
            : signer != expected ? ContractRejection.WrongSigner
            : ContractRejection.None;
}
