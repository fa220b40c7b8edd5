namespace BttProxy.BitTorrent.Metainfo;

/// <summary>A torrent, info dictionary or magnet link from outside is refused. The message is one line for the user.</summary>
public sealed class InvalidTorrentException(TorrentProblem problem, string message) : Exception(message)
{
    public TorrentProblem Problem { get; } = problem;
}
