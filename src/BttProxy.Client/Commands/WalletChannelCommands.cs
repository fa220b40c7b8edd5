using System.CommandLine;
using BttProxy.Client.Fetching;
using BttProxy.Client.Recovery;
using BttProxy.Client.Settings;
using BttProxy.Client.Terminal;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Client.Commands;

/// <summary><c>bttproxy wallet channels | withdraw | recover</c>.</summary>
internal static class WalletChannelCommands
{
    /// <summary>Shorter beginnings of an id are refused: too easily they mean another channel tomorrow.</summary>
    private const int LeastIdDigits = 6;

    public static Command BuildChannels(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var all = new Option<bool>("--all") { Description = "Closed ones too." };
        var search = new Option<bool>("--search") { Description = "Look through the chain for those opened on other computers too; it can take long." };
        var list = new Command("channels", "List the wallet's channels and what the chain says about them.") { all, search };
        list.SetAction(async (result, cancellationToken) =>
        {
            var settings = global.Read(result, terminal);
            await using var connection = await MarketConnection.OpenAsync(settings, terminal, cancellationToken);
            using var wallet = await connection.OpenWalletAsync(cancellationToken);
            var (chain, ledger) = (connection.OpenChain(wallet), await connection.OpenLedgerAsync(cancellationToken));
            var channels = await (result.GetValue(search)
                ? WalletChannel.SearchAsync(wallet, chain, ledger, Search(terminal), cancellationToken)
                : WalletChannel.ListAsync(wallet, chain, ledger, cancellationToken));
            var reports = channels.Select(ChannelReport.Of).Where(channel => result.GetValue(all) || channel.State != WalletChannelState.Closed).ToArray();
            await PrintAsync(reports, static channel => channel.ToText(), "No channels are known on this computer; --search looks for others.", settings.Json, terminal);
            return (int)ExitCode.Success;
        });
        examples[list] = ["bttproxy wallet channels --network network.json", "bttproxy wallet channels --all --search --json"];
        return list;
    }

    public static Command BuildWithdraw(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var amount = AmountText.Argument("How much of the free deposit: smallest units, or BTT as in '2.5BTT'. Default: all of it.");
        amount.Arity = ArgumentArity.ZeroOrOne;
        var id = new Option<string?>("--channel")
        {
            Description = "Take this channel's rest back into the deposit instead; the first digits of its id are enough.", HelpName = "ID",
        };
        var withdraw = new Command(
            "withdraw",
            "Move the free deposit back into the wallet; or close a channel: at once together with its relay, else alone after the contract's delay.")
        {
            amount, id,
        };
        withdraw.Validators.Add(result =>
        {
            if (result.GetResult(id) is not null && result.GetResult(amount) is { Tokens.Count: > 0 })
            {
                result.AddError("AMOUNT and --channel exclude each other: a channel's whole rest is taken back.");
            }
        });
        withdraw.SetAction((result, cancellationToken) => WithdrawAsync(
            global.Read(result, terminal), terminal, result.GetValue(amount), result.GetValue(id), cancellationToken));
        examples[withdraw] =
        [
            "bttproxy wallet withdraw --network network.json", "bttproxy wallet withdraw 2.5BTT", "bttproxy wallet withdraw --channel 0x1f2e3d4c",
        ];
        return withdraw;
    }

    public static Command BuildRecover(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var recover = new Command(
            "recover", "Take up the wallet's channels on a new computer: found on the chain, last vouchers asked back from relays and checked.");
        recover.SetAction(async (result, cancellationToken) =>
        {
            var settings = global.Read(result, terminal);
            await using var connection = await MarketConnection.OpenAsync(settings, terminal, cancellationToken);
            var market = await connection.OpenMarketAsync(cancellationToken);
            var channels = await new ChannelRecovery(market, Search(terminal)).RunAsync(cancellationToken);
            await PrintAsync(channels, static channel => channel.ToText(), "The wallet has no open channels.", settings.Json, terminal);
            return channels.TrueForAll(static channel => channel.IsUsable || channel.Outcome == RecoveryOutcome.Withdrawing)
                ? (int)ExitCode.Success
                : throw new ClientException(
                    ExitCode.NoRelay, "Some channels are left alone. Run 'bttproxy wallet recover' again later, or 'bttproxy wallet withdraw --channel ID'.");
        });
        examples[recover] =
        [
            "bttproxy wallet recover --network network.json", "bttproxy wallet recover --wallet wallet-of-the-old-computer.json --json",
        ];
        return recover;
    }

    private static async Task<int> WithdrawAsync(
        ClientSettings settings, ClientTerminal terminal, TokenAmount? amount, string? id, CancellationToken cancellationToken)
    {
        await using var connection = await MarketConnection.OpenAsync(settings, terminal, cancellationToken);
        if (id is null)
        {
            using var wallet = await connection.OpenWalletAsync(cancellationToken);
            var moved = await (await connection.OpenDepositAsync(wallet, cancellationToken)).WithdrawAsync(amount, cancellationToken);
            await moved.PrintAsync(settings.Json, terminal);
            return (int)ExitCode.Success;
        }

        var market = await connection.OpenMarketAsync(cancellationToken);
        var report = await new ChannelWithdrawal(market, new ChainWaitView(terminal.Error, terminal.TimeProvider))
            .RunAsync(await FindAsync(market, id, Search(terminal), cancellationToken), cancellationToken);
        await report.PrintAsync(settings.Json, terminal);
        return (int)ExitCode.Success;
    }

    private static async Task<WalletChannel> FindAsync(
        MarketAccess market, string id, IProgress<ChannelSearchProgress> search, CancellationToken cancellationToken)
    {
        var digits = id.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? id[2..] : id;
        if (digits.Length < LeastIdDigits)
        {
            throw new ClientException(ExitCode.Usage, $"--channel needs at least {LeastIdDigits} digits of an id, as 'bttproxy wallet channels' prints it.");
        }

        var matches = Beginning(await WalletChannel.ListAsync(market.Wallet, market.Chain, market.Ledger, cancellationToken));
        if (matches.Count == 0)
        {
            matches = Beginning(await WalletChannel.SearchAsync(market.Wallet, market.Chain, market.Ledger, search, cancellationToken));
        }

        return matches switch
        {
            [var only] => only,
            [] => throw new ClientException(ExitCode.NotFound, $"The wallet has no channel {id}. 'bttproxy wallet channels --all --search' lists them."),
            _ => throw new ClientException(ExitCode.Usage, $"Several channels begin with {id}: give more digits."),
        };

        List<WalletChannel> Beginning(List<WalletChannel> channels) =>
            channels.FindAll(channel => channel.Id.ToString().StartsWith("0x" + digits, StringComparison.OrdinalIgnoreCase));
    }

    private static ChainSearchView Search(ClientTerminal terminal) => new(terminal.Error, terminal.TimeProvider);

    private static Task PrintAsync<T>(IReadOnlyCollection<T> rows, Func<T, string> text, string none, bool asJson, ClientTerminal terminal) =>
        terminal.Output.WriteLineAsync(
            asJson ? JsonLine.Of(rows) : rows.Count == 0 ? none : string.Join(Environment.NewLine, rows.Select(text)));
}
