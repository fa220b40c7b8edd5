using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Client.Wallets;

/// <summary>Asks chain and ledger what a wallet has.</summary>
internal static class WalletInspection
{
    /// <exception cref="ChainException">The chain cannot be reached.</exception>
    public static async Task<WalletReport> InspectAsync(
        Wallet wallet, string path, IChannelChain chain, ClientLedger ledger, CancellationToken cancellationToken)
    {
        var channels = await WalletChannel.ListAsync(wallet, chain, ledger, cancellationToken);
        return new WalletReport(wallet.Address.ToString(), path)
        {
            Balance = await chain.BalanceAsync(wallet.Address, cancellationToken),
            Deposit = await chain.DepositedAsync(wallet.Address, cancellationToken),
            InChannels = channels.Select(static channel => channel.OnChain).OfType<ChainChannel>().Aggregate(
                TokenAmount.Zero, static (sum, held) => sum + held.Reserved.SubtractSaturating(held.Claimed)),
            Channels = [.. channels.Select(ChannelReport.Of)],
        };
    }
}
