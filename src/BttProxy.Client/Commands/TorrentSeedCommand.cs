using System.CommandLine;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Client.Settings;
using BttProxy.Client.Terminal;
using BttProxy.Client.Torrents;

namespace BttProxy.Client.Commands;

internal static class TorrentSeedCommand
{
    public static Command Build(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var file = new Argument<string>("TORRENT") { Description = ".torrent file." };
        var content = new Argument<string>("CONTENT") { Description = "The file of a single-file torrent, or the folder that stands for the torrent's name." };
        var swarm = new SwarmOptionSet();
        var seed = new Command("seed", "Give content that is on this disk to others, until Ctrl-C. It is hashed first and never written to.") { file, content };
        swarm.AddTo(seed);
        seed.SetAction((result, cancellationToken) => RunAsync(
            global.Read(result, terminal), terminal, result.GetRequiredValue(file), result.GetRequiredValue(content), swarm.Read(result), cancellationToken));
        examples[seed] =
        [
            "bttproxy torrent seed film.torrent Downloads/film --listen 0.0.0.0:6881",
            "bttproxy torrent seed film.torrent Downloads/film --dht-bootstrap dht.example.org:6881 --json",
        ];
        return seed;
    }

    /// <summary>Stays until Ctrl-C, which is how seeding ends and no failure.</summary>
    public static Task ServeAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private static async Task<int> RunAsync(
        ClientSettings settings, ClientTerminal terminal, string path, string content, SwarmSettings swarm, CancellationToken cancellationToken)
    {
        var file = await LoadAsync(path, cancellationToken);
        var info = file.Info;
        // The engine keeps nothing for a seed; its directory is only named.
        await using var session = await SwarmSession.StartAsync(swarm, Path.GetTempPath(), terminal, cancellationToken);
        var torrent = await AddAsync(session, info, Path.GetFullPath(content), cancellationToken);
        session.AddTrackers(torrent, file.Trackers);
        var endPoint = session.Engine.LocalEndPoint;
        await PrintAsync(terminal, settings.Json
            ? JsonLine.Of(new { Ready = endPoint.ToString(), InfoHash = info.InfoHash.ToString(), info.Name, info.Length })
            : $"ready {endPoint} {info.InfoHash} {info.Name}");
        await ServeAsync(cancellationToken);
        var cost = ProcessCost.Now();
        await PrintAsync(terminal, settings.Json
            ? JsonLine.Of(new { torrent.Totals.UploadedBytes, cost.CpuSeconds, cost.PeakMebibytes })
            : $"{Units.Bytes(torrent.Totals.UploadedBytes)} given");
        return (int)ExitCode.Success;
    }

    private static async Task<TorrentFile> LoadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await TorrentSource.LoadAsync(path, cancellationToken);
        }
        catch (InvalidTorrentException failure)
        {
            throw new ClientException(ExitCode.BadInput, failure.Message, failure);
        }
    }

    private static async Task<Torrent> AddAsync(SwarmSession session, TorrentInfo info, string content, CancellationToken cancellationToken)
    {
        try
        {
            return await session.Engine.AddSeedAsync(info, content, cancellationToken);
        }
        catch (TorrentStorageException failure)
        {
            throw new ClientException(ExitCode.Disk, failure.Message, failure);
        }
    }

    private static async Task PrintAsync(ClientTerminal terminal, string line)
    {
        await terminal.Output.WriteLineAsync(line);
        await terminal.Output.FlushAsync(CancellationToken.None);
    }
}
