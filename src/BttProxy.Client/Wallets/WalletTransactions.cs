using System.Globalization;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Node;

namespace BttProxy.Client.Wallets;

/// <summary>
/// Sends the wallet's own transactions. Each is stored before it is sent, so whatever interrupts the waiting, the next run follows the same
/// one instead of sending another.
/// </summary>
/// <param name="wallet">Signs and pays.</param>
/// <param name="chain">Where they go.</param>
/// <param name="ledger">Remembers them.</param>
/// <param name="time">For waiting.</param>
/// <param name="waits">Told what is waited for, whenever something is.</param>
internal sealed class WalletTransactions(
    Wallet wallet, IChannelChain chain, ClientLedger ledger, TimeProvider time, IProgress<ChainWait>? waits)
{
    private const string Approval = "approve";
    private const string Deposit = "deposit";

    // Each has a minute to come into a block.
    private const int Attempts = 3;

    // Nodes that are a block behind do not know of the approval yet.
    private const int DepositAttempts = 5;
    private static readonly TimeSpan DepositPause = TimeSpan.FromSeconds(1);

    /// <summary>Waits for a deposit of an earlier run, whatever its amount, to be in a block.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        if (await ledger.FindTransactionAsync(Deposit, cancellationToken) is { } stored)
        {
            await FollowAsync(stored, "moving tokens into the contract", TransactionStage.Included, isResumed: true, cancellationToken);
        }
    }

    /// <summary>Moves tokens from the wallet into the contract.</summary>
    /// <param name="amount">Of tokens.</param>
    /// <param name="until">In a block is enough for whoever only builds on it.</param>
    /// <param name="cancellationToken">Ends the waiting, not the transaction.</param>
    /// <exception cref="ChainException">The chain cannot be asked, or no block takes it.</exception>
    public async Task<ChainReceipt> DepositAsync(TokenAmount amount, TransactionStage until, CancellationToken cancellationToken)
    {
        var detail = amount.ToString();
        if ((await ledger.FindTransactionAsync(Deposit, cancellationToken))?.Detail != detail)
        {
            var approval = await RunAsync(
                Approval, detail, "letting the contract take tokens", TransactionStage.Included,
                token => chain.PrepareApprovalAsync(wallet.Key, amount, token), cancellationToken);
            if (!approval.IsAccepted)
            {
                return approval;
            }
        }

        return await RunAsync(
            Deposit, detail, "moving tokens into the contract", until, token => PrepareDepositAsync(amount, token), cancellationToken);
    }

    /// <summary>Moves tokens that no channel holds back into the wallet.</summary>
    public Task<ChainReceipt> WithdrawAsync(TokenAmount amount, CancellationToken cancellationToken) => RunAsync(
        "withdraw", amount.ToString(), "moving the deposit into the wallet", TransactionStage.Final,
        async token => await chain.PrepareWithdrawDepositAsync(wallet.Key, amount, token), cancellationToken);

    /// <summary>Starts a channel's withdraw delay.</summary>
    public Task<ChainReceipt> RequestWithdrawAsync(WalletChannel channel, CancellationToken cancellationToken) => RunAsync(
        $"request {channel.Id}", EpochOf(channel), "asking for the channel's rest", TransactionStage.Final,
        async token => await chain.PrepareRequestWithdrawAsync(wallet.Key, channel.Terms, token), cancellationToken);

    /// <summary>Closes a channel after its withdraw delay.</summary>
    public Task<ChainReceipt> FinishWithdrawAsync(WalletChannel channel, CancellationToken cancellationToken) => RunAsync(
        $"finish {channel.Id}", EpochOf(channel), "closing the channel", TransactionStage.Final,
        async token => await chain.PrepareFinishWithdrawAsync(channel.Terms, channel.OnChain!.Epoch, token), cancellationToken);

    private static string EpochOf(WalletChannel channel) => channel.OnChain!.Epoch.ToString(CultureInfo.InvariantCulture);

    private async Task<ChainReceipt> RunAsync(
        string purpose, string detail, string what, TransactionStage until, Func<CancellationToken, Task<ChainProposal?>> prepare,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var stored = await ledger.FindTransactionAsync(purpose, cancellationToken);
            var isResumed = stored is not null;
            if (stored is not null && stored.Detail != detail)
            {
                // What an earlier run began comes first: until it is in a block, the chain does not show what is left.
                await FollowAsync(stored, what, TransactionStage.Included, isResumed, cancellationToken);
                (stored, isResumed) = (null, false);
            }

            if (stored is null)
            {
                var proposal = await prepare(cancellationToken);
                if (proposal?.Transaction is not { } transaction)
                {
                    return new ChainReceipt(Bytes32.Zero, 0, proposal?.Rejection ?? ContractRejection.None);
                }

                stored = new WalletTransaction(purpose, detail, transaction.Id, transaction.Expiration, transaction.Payload);
                await ledger.SaveTransactionAsync(stored, cancellationToken);
            }

            if ((await FollowAsync(stored, what, until, isResumed, cancellationToken)).Receipt is { } receipt)
            {
                return receipt;
            }
        }

        throw new ChainException($"No block took the transaction ({what}) in {Attempts} attempts; try again later.", isTransient: true);
    }

    private async Task<ChainProgress> FollowAsync(
        WalletTransaction stored, string what, TransactionStage until, bool isResumed, CancellationToken cancellationToken)
    {
        var transaction = new ChainTransaction(stored.Id, stored.ExpiresAt, stored.Payload);
        if (!isResumed || (await chain.ProgressAsync(transaction, cancellationToken)).Stage == TransactionStage.Unknown)
        {
            await chain.SubmitAsync(transaction, cancellationToken);
        }

        var report = waits is null ? null : new Relayed(what, until, waits);
        var end = await chain.FollowAsync(transaction, until, report, time, cancellationToken);
        if (end.Stage is TransactionStage.Final or TransactionStage.Expired)
        {
            await ledger.RemoveTransactionAsync(stored, cancellationToken);
        }

        return end;
    }

    private async Task<ChainProposal?> PrepareDepositAsync(TokenAmount amount, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var proposal = await chain.PrepareDepositAsync(wallet.Key, amount, cancellationToken);
            if (proposal.Rejection != ContractRejection.TokenRefused || attempt == DepositAttempts)
            {
                return proposal;
            }

            await Task.Delay(DepositPause, time, cancellationToken);
        }
    }

    private sealed class Relayed(string what, TransactionStage until, IProgress<ChainWait> waits) : IProgress<ChainProgress>
    {
        public void Report(ChainProgress value) => waits.Report(ChainWait.Of(what, value, until));
    }
}
