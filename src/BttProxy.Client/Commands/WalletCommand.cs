using System.CommandLine;
using BttProxy.Client.Terminal;

namespace BttProxy.Client.Commands;

internal static class WalletCommand
{
    public static Command Build(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var wallet = new Command("wallet", "The wallet: its key, its deposit in the contract, its channels.")
        {
            WalletKeyCommands.BuildNew(global, terminal, examples),
            WalletMoneyCommands.BuildShow(global, terminal, examples),
            WalletKeyCommands.BuildImport(global, terminal, examples),
            WalletKeyCommands.BuildExport(global, terminal, examples),
            WalletMoneyCommands.BuildBalance(global, terminal, examples),
            WalletMoneyCommands.BuildDeposit(global, terminal, examples),
            WalletChannelCommands.BuildChannels(global, terminal, examples),
            WalletChannelCommands.BuildWithdraw(global, terminal, examples),
            WalletChannelCommands.BuildRecover(global, terminal, examples),
        };
        examples[wallet] =
        [
            "bttproxy wallet new",
            "bttproxy wallet deposit 50BTT --network network.json",
            "bttproxy wallet recover --network network.json --wallet wallet-of-the-old-computer.json",
        ];
        return wallet;
    }
}
