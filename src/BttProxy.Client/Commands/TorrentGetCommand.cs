using System.CommandLine;
using System.Net;
using BttProxy.Client.Settings;
using BttProxy.Client.Terminal;
using BttProxy.Client.Torrents;

namespace BttProxy.Client.Commands;

internal static class TorrentGetCommand
{
    public static Command Build(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var what = new Argument<string>("WHAT") { Description = "Magnet link, .torrent file or info-hash." };
        var directory = new Option<string>("--output", "-o")
        {
            Description = "Where the content goes.", HelpName = "DIR", DefaultValueFactory = static _ => Directory.GetCurrentDirectory(),
        };
        var peers = new Option<IPEndPoint[]?>("--peer")
        {
            Description = "A peer to begin with; may be repeated.", HelpName = "IP:PORT", CustomParser = EndPointText.ReadMany,
            Arity = ArgumentArity.OneOrMore,
        };
        var stream = new Option<ContentRange?>("--stream")
        {
            Description = "Only this part, in order, as a player reads it: OFFSET:LENGTH in bytes, or OFFSET: for all from there.", HelpName = "RANGE",
            CustomParser = static result =>
            {
                if (ContentRange.TryParse(result.Tokens[0].Value, out var range))
                {
                    return range;
                }

                result.AddError("--stream needs OFFSET:LENGTH in bytes, as in 0:1048576.");
                return null;
            },
        };
        var toOutput = new Option<bool>("--to-stdout")
        {
            Description = "Write the content (with --stream: that part) to standard output too, and everything else to standard error.",
        };
        var timeout = new Option<double?>("--timeout") { Description = "Give up after so many seconds.", HelpName = "SECONDS" };
        timeout.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0 or > 1e7 or double.NaN)
            {
                result.AddError("--timeout needs a number of seconds above 0.");
            }
        });
        var seedAfter = new Option<bool>("--seed-after") { Description = "Go on giving to others when it is complete, until Ctrl-C." };
        var swarm = new SwarmOptionSet();
        var get = new Command("get", "Fetch a torrent from its swarm and verify every piece. Run it again to resume.")
        {
            what, directory, peers, stream, toOutput, timeout, seedAfter,
        };
        swarm.AddTo(get);
        get.SetAction((result, cancellationToken) => RunAsync(
            global.Read(result, terminal),
            terminal,
            result.GetRequiredValue(what),
            swarm.Read(result),
            new TransferOptions
            {
                Directory = Path.GetFullPath(result.GetRequiredValue(directory)),
                Peers = result.GetValue(peers) ?? [],
                Stream = result.GetValue(stream),
                ToStandardOutput = result.GetValue(toOutput),
                Timeout = result.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                SeedAfter = result.GetValue(seedAfter),
            },
            cancellationToken));
        examples[get] =
        [
            "bttproxy torrent get 'magnet:?xt=urn:btih:...' -o Downloads --dht-bootstrap dht.example.org:6881",
            "bttproxy torrent get film.torrent -o Downloads --peer 198.51.100.7:6881 --json > result.json",
            "bttproxy torrent get film.torrent --peer 198.51.100.7:6881 --stream 0:50000000 --to-stdout | mpv -",
        ];
        return get;
    }

    private static async Task<int> RunAsync(
        ClientSettings settings, ClientTerminal terminal, string what, SwarmSettings swarm, TransferOptions options, CancellationToken cancellationToken)
    {
        var source = await TorrentSource.ParseAsync(what, cancellationToken);
        await using var session = await SwarmSession.StartAsync(swarm, options.Directory, terminal, cancellationToken);
        var transfer = new TorrentTransfer(session, source, options, terminal);
        var result = await TransferView.ShowAsync(transfer, terminal, plain: settings.Json || options.ToStandardOutput, cancellationToken);
        var report = options.ToStandardOutput ? terminal.Error : terminal.Output;
        await report.WriteLineAsync(settings.Json ? TransferReport.ToJson(result) : TransferReport.ToText(result, options.Directory));
        if (options.SeedAfter)
        {
            await report.FlushAsync(cancellationToken);
            await TorrentSeedCommand.ServeAsync(cancellationToken);
        }

        return (int)ExitCode.Success;
    }
}
