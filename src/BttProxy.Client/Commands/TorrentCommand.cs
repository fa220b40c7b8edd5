using System.CommandLine;
using BttProxy.Client.Terminal;

namespace BttProxy.Client.Commands;

/// <summary>The BitTorrent engine by itself.</summary>
internal static class TorrentCommand
{
    public static Command Build(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var torrent = new Command("torrent", "BitTorrent by itself, without relays and payments: fetch, seed, look into torrents and the DHT.")
        {
            TorrentGetCommand.Build(global, terminal, examples),
            TorrentSeedCommand.Build(global, terminal, examples),
            TorrentInfoCommand.Build(global, terminal, examples),
            TorrentDhtCommand.Build(global, terminal, examples),
        };
        examples[torrent] =
        [
            "bttproxy torrent info film.torrent",
            "bttproxy torrent get film.torrent -o Downloads --peer 198.51.100.7:6881",
            "bttproxy torrent seed film.torrent Downloads/film --listen 0.0.0.0:6881",
        ];
        return torrent;
    }
}
