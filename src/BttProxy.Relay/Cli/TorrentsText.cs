using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class TorrentsText
{
    public static string Of(TorrentsReport report, bool running)
    {
        if (!report.Known)
        {
            return running ? "No worker runs in this process: ask at the worker's state directory." : "The relay does not run: nothing is fetched.";
        }

        if (report.Torrents.Count == 0)
        {
            return "No torrent is in use.";
        }

        var table = new TextTable(
            ("INFO-HASH", false), ("SIZE", true), ("HELD", true), ("PEERS", true), ("READERS", true), ("FROM SWARM", true), ("TO SWARM", true), ("", false));
        foreach (var torrent in report.Torrents)
        {
            table.Add(
                torrent.InfoHash, torrent.Size is { } size ? PlainText.Size(size) : "?", Held(torrent), PlainText.Count(torrent.Peers),
                PlainText.Count(torrent.Readers), PlainText.Rate(torrent.DownloadRate), PlainText.Rate(torrent.UploadRate), torrent.Failure ?? "");
        }

        return table + Environment.NewLine + PlainText.Count(report.Torrents.Count, "torrent") + ".";
    }

    private static string Held(TorrentRow torrent) => torrent.Size is > 0 and var size
        ? $"{PlainText.Size(torrent.Held)} ({torrent.Held * 100 / size} %)"
        : PlainText.Size(torrent.Held);
}
