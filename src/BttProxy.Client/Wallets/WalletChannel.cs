using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Client.Wallets;

/// <summary>One channel of the wallet, as the chain and this computer's ledger have it.</summary>
/// <param name="Id">The hash of the terms, computed here.</param>
/// <param name="Terms">Who pays whom.</param>
/// <param name="OnChain">Null when it was never opened.</param>
/// <param name="Local">Null when this computer has never paid with it.</param>
internal sealed record WalletChannel(ChannelId Id, ChannelTerms Terms, ChainChannel? OnChain, ClientChannel? Local)
{
    /// <summary>What this computer remembers of the present epoch.</summary>
    public ClientChannel? Remembered => Local is { } local && (OnChain is null || local.Epoch >= OnChain.Epoch) ? local : null;

    public WalletChannelState State =>
        OnChain is null ? WalletChannelState.NotOnChain
        : OnChain.Reserved == TokenAmount.Zero ? WalletChannelState.Closed
        : OnChain.WithdrawAt is not null ? WalletChannelState.Withdrawing
        : Remembered is not { } remembered ? WalletChannelState.Unrecovered
        : remembered.Quarantine is not null ? WalletChannelState.Quarantined
        : WalletChannelState.Open;

    /// <summary>The channels that the ledger remembers, oldest first.</summary>
    /// <exception cref="ChainException">The chain cannot be reached.</exception>
    public static Task<List<WalletChannel>> ListAsync(
        Wallet wallet, IChannelChain chain, ClientLedger ledger, CancellationToken cancellationToken) =>
        ListAsync(wallet, chain, ledger, [], cancellationToken);

    /// <summary>These, then those that only the chain knows. It looks through the contract's events, which can take long.</summary>
    /// <exception cref="ChainException">The chain cannot be reached, or is too long to search.</exception>
    public static async Task<List<WalletChannel>> SearchAsync(
        Wallet wallet, IChannelChain chain, ClientLedger ledger, IProgress<ChannelSearchProgress>? progress, CancellationToken cancellationToken) =>
        await ListAsync(wallet, chain, ledger, await chain.ChannelsOfAsync(wallet.Address, progress, cancellationToken), cancellationToken);

    private static async Task<List<WalletChannel>> ListAsync(
        Wallet wallet, IChannelChain chain, ClientLedger ledger, IReadOnlyList<ChannelTerms> opened, CancellationToken cancellationToken)
    {
        var known = (await ledger.ChannelsAsync(null, cancellationToken))
            .Where(channel => channel.Terms.Payer == wallet.Address && channel.Terms.Id(chain.Domain) == channel.Id)
            .ToList();
        var terms = known.Select(static channel => channel.Terms).Concat(opened.Where(each => each.Payer == wallet.Address)).Distinct();
        var channels = new List<WalletChannel>();
        foreach (var each in terms)
        {
            var id = each.Id(chain.Domain);
            channels.Add(new WalletChannel(
                id, each, await chain.ChannelAsync(id, cancellationToken), known.Find(channel => channel.Id == id)));
        }

        return channels;
    }
}
