using System.CommandLine;
using BttProxy.Client.Settings;
using BttProxy.Client.Terminal;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Commands;

internal static class WalletCommand
{
    public static Command Build(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var create = new Command("new", "Make a wallet file. An existing one is never overwritten.");
        create.SetAction((result, cancellationToken) => CreateAsync(global.Read(result, terminal), terminal, cancellationToken));
        examples[create] = ["bttproxy wallet new", "bttproxy wallet new --wallet spare.json --password-file password.txt"];

        var show = new Command("show", "Print the wallet's address and, when a network is named, its balance, deposit and channels.");
        show.SetAction((result, cancellationToken) => ShowAsync(global.Read(result, terminal), terminal, cancellationToken));
        examples[show] = ["bttproxy wallet show", "bttproxy wallet show --network network.json --json"];
        return new Command("wallet", "Make a wallet, or look into it.") { create, show };
    }

    private static async Task<int> CreateAsync(ClientSettings settings, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        var path = settings.WalletPath ?? settings.DefaultWalletPath;
        WalletFile.RefuseExisting(path);
        var password = await WalletAccess.NewPasswordAsync(settings, terminal, cancellationToken);
        using var wallet = new Wallet(Secp256k1Key.Generate());
        await WalletFile.CreateAsync(path, wallet, password, cancellationToken);
        var report = new WalletReport(wallet.Address.ToString(), path);
        await terminal.Output.WriteLineAsync(settings.Json ? report.ToJson() : report.ToText());
        return (int)ExitCode.Success;
    }

    private static async Task<int> ShowAsync(ClientSettings settings, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        var network = settings.NetworkPath is null ? null : await NetworkFile.ReadAsync(settings, cancellationToken);
        using var wallet = await WalletAccess.OpenAsync(settings, network, terminal, cancellationToken);
        var report = new WalletReport(wallet.Address.ToString(), WalletAccess.PathOf(settings, network));
        await terminal.Output.WriteLineAsync(settings.Json ? report.ToJson() : report.ToText());
        return (int)ExitCode.Success;
    }
}
