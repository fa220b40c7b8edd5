using BttProxy.Ledger.Spending;
using BttProxy.Tron;

namespace BttProxy.Client.Wallets;

/// <summary>Asks chain and ledger what a wallet has.</summary>
internal static class WalletInspection
{
    public static async Task<WalletReport> InspectAsync(
        Wallet wallet, string path, IChannelChain chain, ClientLedger ledger, CancellationToken cancellationToken)
    {
        try
        {
            var channels = new List<ChannelReport>();
            foreach (var channel in await ledger.ChannelsAsync(null, cancellationToken))
            {
                if (channel.Terms.Payer == wallet.Address && channel.Terms.Id(chain.Domain) == channel.Id)
                {
                    var held = await chain.ChannelAsync(channel.Id, cancellationToken);
                    channels.Add(new ChannelReport(
                        channel.Id.ToString(), channel.Relay.ToString(), held?.Reserved ?? channel.Reserved, channel.Signed, held?.Claimed));
                }
            }

            return new WalletReport(wallet.Address.ToString(), path)
            {
                Balance = await chain.BalanceAsync(wallet.Address, cancellationToken),
                Deposit = await chain.DepositedAsync(wallet.Address, cancellationToken),
                Channels = channels,
            };
        }
        catch (ChainException failure)
        {
            throw new ClientException(ExitCode.Network, failure.Message, failure);
        }
    }
}
