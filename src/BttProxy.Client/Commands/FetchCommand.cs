using System.CommandLine;
using BttProxy.Client.Fetching;
using BttProxy.Client.Settings;
using BttProxy.Client.Terminal;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Commands;

internal static class FetchCommand
{
    public static Command Build(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var what = new Argument<string>("WHAT") { Description = "Magnet link, .torrent file or info-hash." };
        var directory = new Option<string>("--output", "-o")
        {
            Description = "Where the content goes.", HelpName = "DIR", DefaultValueFactory = static _ => Directory.GetCurrentDirectory(),
        };
        var maximumPrice = new Option<PricePerMegabyte?>("--max-price")
        {
            Description = "Use no relay that asks more: smallest units per megabyte, or BTT as in '0.5BTT'.", HelpName = "PRICE",
            CustomParser = static result => AmountText.Read(result, static units => new PricePerMegabyte(units)),
        };
        var maximumFee = new Option<TokenAmount?>("--max-fee")
        {
            Description = "The most a relay may take for opening a channel: smallest units, or BTT. Default: what the bytes cost.", HelpName = "AMOUNT",
            CustomParser = static result => AmountText.Read(result, static units => new TokenAmount(units)),
        };
        var budget = new Option<TokenAmount?>("--budget")
        {
            Description = "Stop before more than this is spent: smallest units, or BTT as in '2.5BTT'.", HelpName = "AMOUNT",
            CustomParser = static result => AmountText.Read(result, static units => new TokenAmount(units)),
        };
        var relay = new Option<RelayId?>("--relay")
        {
            Description = "Use this relay only.", HelpName = "ID",
            CustomParser = static result =>
            {
                if (RelayId.TryParse(result.Tokens[0].Value, out var id))
                {
                    return id;
                }

                result.AddError("--relay needs a relay id of 52 characters, as 'bttproxy relays --json' prints it.");
                return null;
            },
        };
        var fetch = new Command("fetch", "Fetch a torrent through the best relay, verify every piece, pay per megabyte. Run it again to resume.")
        {
            what, directory, maximumPrice, maximumFee, budget, relay,
        };
        fetch.SetAction((result, cancellationToken) => RunAsync(
            global.Read(result, terminal),
            terminal,
            result.GetRequiredValue(what),
            new DownloadOptions
            {
                Directory = Path.GetFullPath(result.GetRequiredValue(directory)),
                MaximumPrice = result.GetValue(maximumPrice),
                MaximumFee = result.GetValue(maximumFee),
                Budget = result.GetValue(budget),
                OnlyRelay = result.GetValue(relay),
                ComputeDigests = global.Read(result, terminal).Json,
            },
            cancellationToken));
        examples[fetch] =
        [
            "bttproxy fetch 'magnet:?xt=urn:btih:...' -o Downloads",
            "bttproxy fetch film.torrent -o Downloads --max-price 0.5BTT --budget 10BTT",
            "bttproxy fetch 0123456789abcdef0123456789abcdef01234567 --json > result.json",
        ];
        return fetch;
    }

    private static async Task<int> RunAsync(
        ClientSettings settings, ClientTerminal terminal, string what, DownloadOptions options, CancellationToken cancellationToken)
    {
        var target = await DownloadTarget.ParseAsync(what, cancellationToken);
        await using var connection = await MarketConnection.OpenAsync(settings, terminal, cancellationToken);
        var market = await connection.OpenMarketAsync(cancellationToken);
        var view = FetchView.For(terminal, settings.Json);
        await using var downloader = new Downloader(market, target, options, view);
        var result = await view.ShowAsync(downloader, cancellationToken);
        await terminal.Output.WriteLineAsync(settings.Json ? FetchReport.ToJson(result) : FetchReport.ToText(result, options.Directory));
        return (int)ExitCode.Success;
    }
}
