using System.CommandLine;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.Client.Terminal;
using BttProxy.Client.Torrents;

namespace BttProxy.Client.Commands;

internal static class TorrentInfoCommand
{
    public static Command Build(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var what = new Argument<string>("WHAT") { Description = ".torrent file or magnet link." };
        var info = new Command("info", "Say what a torrent holds, or why it is refused.") { what };
        info.SetAction(async (result, cancellationToken) =>
        {
            var isJson = global.Read(result, terminal).Json;
            try
            {
                var source = await TorrentSource.ReadAsync(result.GetRequiredValue(what), cancellationToken);
                await terminal.Output.WriteLineAsync(isJson ? TorrentDescription.ToJson(source) : TorrentDescription.ToText(source));
                return (int)ExitCode.Success;
            }
            catch (InvalidTorrentException refusal) when (isJson)
            {
                await terminal.Output.WriteLineAsync(TorrentDescription.ToJson(refusal));
                return (int)ExitCode.BadInput;
            }
            catch (InvalidTorrentException refusal)
            {
                throw new ClientException(ExitCode.BadInput, $"Refused ({refusal.Problem}): {refusal.Message}", refusal);
            }
        });
        examples[info] = ["bttproxy torrent info film.torrent", "bttproxy torrent info 'magnet:?xt=urn:btih:...' --json"];
        return info;
    }
}
