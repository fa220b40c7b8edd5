using BttProxy.Client.Terminal;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Node;

namespace BttProxy.Client.Wallets;

/// <summary>Moves tokens between the wallet and its deposit in the contract, out of which channels are opened.</summary>
internal sealed class DepositAccount(Wallet wallet, IChannelChain chain, WalletTransactions transactions)
{
    /// <exception cref="ClientException">The wallet holds less.</exception>
    public async Task<DepositReport> DepositAsync(TokenAmount amount, CancellationToken cancellationToken)
    {
        var balance = await chain.BalanceAsync(wallet.Address, cancellationToken);
        if (balance < amount)
        {
            throw new ClientException(ExitCode.Funds, $"The wallet {wallet.Address} holds {balance.ToBtt()}. Send BTT to it, or deposit less.");
        }

        return await ReportAsync("deposited", amount, await transactions.DepositAsync(amount, TransactionStage.Final, cancellationToken), cancellationToken);
    }

    /// <param name="amount">Null for everything that no channel holds.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ClientException">Less is free.</exception>
    public async Task<DepositReport> WithdrawAsync(TokenAmount? amount, CancellationToken cancellationToken)
    {
        var free = await chain.DepositedAsync(wallet.Address, cancellationToken);
        if (free == TokenAmount.Zero || free < amount)
        {
            throw new ClientException(
                ExitCode.Funds,
                $"{free.ToBtt()} of the deposit are free. 'bttproxy wallet channels' shows what channels hold; 'withdraw --channel ID' ends one.");
        }

        var taken = amount ?? free;
        return await ReportAsync("withdrawn", taken, await transactions.WithdrawAsync(taken, cancellationToken), cancellationToken);
    }

    private async Task<DepositReport> ReportAsync(string done, TokenAmount amount, ChainReceipt receipt, CancellationToken cancellationToken)
    {
        ChainRefusal.ThrowUnlessAccepted(receipt);
        return new DepositReport(
            done, amount, receipt.TransactionId.ToString(),
            await chain.BalanceAsync(wallet.Address, cancellationToken),
            await chain.DepositedAsync(wallet.Address, cancellationToken));
    }
}

/// <summary>What was moved, and what is where now.</summary>
internal sealed record DepositReport(string Done, TokenAmount Amount, string Transaction, TokenAmount Balance, TokenAmount Deposit)
{
    public Task PrintAsync(bool asJson, ClientTerminal terminal) => terminal.Output.WriteLineAsync(asJson ? JsonLine.Of(this) : ToText());

    private string ToText() => string.Join(
        Environment.NewLine,
        $"{Done,-9}  {Amount.ToBtt()}",
        $"balance    {Balance.ToBtt()}",
        $"deposit    {Deposit.ToBtt()} free",
        $"transaction {Transaction}");
}
