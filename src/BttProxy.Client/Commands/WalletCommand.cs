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
        await PrintAsync(new WalletReport(wallet.Address.ToString(), path), settings, terminal);
        return (int)ExitCode.Success;
    }

    private static async Task<int> ShowAsync(ClientSettings settings, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        if (settings.NetworkPath is null)
        {
            using var alone = await WalletAccess.OpenAsync(settings, null, terminal, cancellationToken);
            await PrintAsync(new WalletReport(alone.Address.ToString(), WalletAccess.PathOf(settings, null)), settings, terminal);
            return (int)ExitCode.Success;
        }

        await using var connection = await MarketConnection.OpenAsync(settings, terminal, cancellationToken);
        using var wallet = await connection.OpenWalletAsync(cancellationToken);
        var report = await WalletInspection.InspectAsync(
            wallet, connection.WalletPath, connection.OpenChain(wallet), await connection.OpenLedgerAsync(cancellationToken), cancellationToken);
        await PrintAsync(report, settings, terminal);
        return (int)ExitCode.Success;
    }

    private static Task PrintAsync(WalletReport report, ClientSettings settings, ClientTerminal terminal) =>
        terminal.Output.WriteLineAsync(settings.Json ? report.ToJson() : report.ToText());
}
