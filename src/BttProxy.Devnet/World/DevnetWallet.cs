using System.Security.Cryptography;
using BttProxy.Client.Wallets;
using BttProxy.Devnet.Chain;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Devnet.World;

/// <summary>The wallet that a devnet lends to its users: a file, a password file, and tokens from nothing.</summary>
internal static class DevnetWallet
{
    /// <summary>Enough for a hundred gigabytes at the demo's prices.</summary>
    public static readonly TokenAmount Funds = TokenAmount.FromBtt(1_000);

    /// <summary>Opens the wallet of the state directory, or makes it on the first run.</summary>
    public static async Task<Wallet> OpenAsync(StateDirectory state, CancellationToken cancellationToken)
    {
        if (File.Exists(state.WalletFile))
        {
            return await WalletFile.OpenAsync(state.WalletFile, await File.ReadAllTextAsync(state.WalletPasswordFile, cancellationToken), cancellationToken);
        }

        var wallet = new Wallet(Secp256k1Key.Generate());
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        await File.WriteAllTextAsync(state.WalletPasswordFile, password, cancellationToken);
        await WalletFile.CreateAsync(state.WalletFile, wallet, password, cancellationToken);
        return wallet;
    }

    /// <summary>Fills the wallet up to <see cref="Funds"/>.</summary>
    public static async Task FundAsync(DevnetChain faucet, IChannelChain chain, TronAddress owner, CancellationToken cancellationToken)
    {
        var missing = Funds.SubtractSaturating(await chain.BalanceAsync(owner, cancellationToken));
        if (missing > TokenAmount.Zero)
        {
            await faucet.FaucetAsync(owner, missing, cancellationToken);
        }
    }
}
