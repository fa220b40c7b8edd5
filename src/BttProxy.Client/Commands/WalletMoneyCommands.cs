using System.CommandLine;
using BttProxy.Client.Settings;
using BttProxy.Client.Terminal;
using BttProxy.Client.Wallets;

namespace BttProxy.Client.Commands;

/// <summary><c>bttproxy wallet show | balance | deposit</c>.</summary>
internal static class WalletMoneyCommands
{
    public static Command BuildShow(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var show = new Command("show", "Print the wallet's address and, when a network is named, its balance, deposit and channels.");
        show.SetAction((result, cancellationToken) => ShowAsync(global.Read(result, terminal), terminal, cancellationToken));
        examples[show] = ["bttproxy wallet show", "bttproxy wallet show --network network.json --json"];
        return show;
    }

    public static Command BuildBalance(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var balance = new Command("balance", "Print what is in the wallet, in its deposit, and in channels.");
        balance.SetAction(async (result, cancellationToken) =>
        {
            var settings = global.Read(result, terminal);
            var report = await InspectAsync(settings, terminal, cancellationToken);
            await (report with { Channels = null }).PrintAsync(settings.Json, terminal);
            return (int)ExitCode.Success;
        });
        examples[balance] = ["bttproxy wallet balance --network network.json", "bttproxy wallet balance --json"];
        return balance;
    }

    public static Command BuildDeposit(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var amount = AmountText.Argument("How much to move from the wallet into the contract: smallest units, or BTT as in '2.5BTT'.");
        amount.Arity = ArgumentArity.ExactlyOne;
        var deposit = new Command("deposit", "Move tokens from the wallet into the contract, out of which channels are opened.") { amount };
        deposit.SetAction(async (result, cancellationToken) =>
        {
            var settings = global.Read(result, terminal);
            await using var connection = await MarketConnection.OpenAsync(settings, terminal, cancellationToken);
            using var wallet = await connection.OpenWalletAsync(cancellationToken);
            var report = await (await connection.OpenDepositAsync(wallet, cancellationToken))
                .DepositAsync(result.GetValue(amount)!.Value, cancellationToken);
            await report.PrintAsync(settings.Json, terminal);
            return (int)ExitCode.Success;
        });
        examples[deposit] = ["bttproxy wallet deposit 50BTT --network network.json", "bttproxy wallet deposit 2500000000000000000 --json"];
        return deposit;
    }

    private static async Task<int> ShowAsync(ClientSettings settings, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        if (settings.NetworkPath is null)
        {
            using var alone = await WalletAccess.OpenAsync(settings, null, terminal, cancellationToken);
            await new WalletReport(alone.Address.ToString(), WalletAccess.PathOf(settings, null)).PrintAsync(settings.Json, terminal);
            return (int)ExitCode.Success;
        }

        await (await InspectAsync(settings, terminal, cancellationToken)).PrintAsync(settings.Json, terminal);
        return (int)ExitCode.Success;
    }

    private static async Task<WalletReport> InspectAsync(ClientSettings settings, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await MarketConnection.OpenAsync(settings, terminal, cancellationToken);
        using var wallet = await connection.OpenWalletAsync(cancellationToken);
        return await WalletInspection.InspectAsync(
            wallet, connection.WalletPath, connection.OpenChain(wallet), await connection.OpenLedgerAsync(cancellationToken), cancellationToken);
    }
}
