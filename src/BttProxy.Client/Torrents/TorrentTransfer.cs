using System.Buffers;
using System.Net;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.Client.Terminal;

namespace BttProxy.Client.Torrents;

/// <summary>One download through the swarm itself: no relay, no payment.</summary>
internal sealed class TorrentTransfer(SwarmSession session, TorrentSource source, TransferOptions options, ClientTerminal terminal)
{
    private const int CopyBytes = 256 * 1024;

    // Short beside any download, and a thousandth of a processor.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private readonly TimeProvider _time = terminal.TimeProvider;
    private volatile Torrent? _torrent;
    private int _mostPeers;

    public TransferProgress Progress
    {
        get
        {
            var name = source.Name ?? source.InfoHash.ToString();
            return _torrent is not { } torrent
                ? new TransferProgress(name, 0, 0, 0, 0, 0)
                : new TransferProgress(
                    torrent.Info?.Name ?? name, torrent.Info?.Length ?? 0, torrent.Info?.PieceCount ?? 0, torrent.Have?.Count ?? 0,
                    torrent.Totals.DownloadRate, torrent.PeerCount);
        }
    }

    /// <exception cref="ClientException">It was given up, the disk failed, or the metadata that peers have is refused.</exception>
    public async Task<TransferResult> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeout ?? Timeout.InfiniteTimeSpan, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await FetchAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ClientException(ExitCode.TimedOut, $"Given up after {Units.Duration(options.Timeout!.Value)}: {Describe(Progress)}.");
        }
        catch (TorrentStorageException failure)
        {
            throw new ClientException(ExitCode.Disk, failure.Message, failure);
        }
        catch (IOException failure) when (failure.InnerException is InvalidTorrentException)
        {
            throw new ClientException(ExitCode.BadInput, failure.Message, failure);
        }
        catch (InvalidTorrentException failure)
        {
            throw new ClientException(ExitCode.BadInput, failure.Message, failure);
        }
    }

    private static string Describe(TransferProgress progress) => progress.Pieces == 0
        ? $"no metadata from {progress.Peers} peers"
        : $"{progress.VerifiedPieces} of {progress.Pieces} pieces from {progress.Peers} peers; run it again to go on";

    private async Task<TransferResult> FetchAsync(CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        IPEndPoint[] peers = [.. options.Peers, .. source.Link?.Peers ?? []];
        var torrent = (source.File, source.Link) switch
        {
            ({ } file, _) => session.Engine.Add(file.Info, peers),
            (_, { } link) => session.Engine.Add(link, peers),
            _ => session.Engine.Add(source.InfoHash, peers),
        };
        _torrent = torrent;
        session.AddTrackers(torrent, source.Trackers);
        session.AddWebSeeds(torrent, source.WebSeeds ?? []);
        var info = await torrent.MetadataAsync(cancellationToken);
        var metadata = _time.GetElapsedTime(begin);
        TimeSpan? firstByte = null;
        if (options.Stream is not null || options.ToStandardOutput)
        {
            var (offset, length) = (options.Stream ?? ContentRange.All).Within(info.Length);
            firstByte = await CopyAsync(torrent, offset, length, begin, cancellationToken);
        }

        if (options.Stream is null)
        {
            await FetchAllAsync(torrent, cancellationToken);
        }

        return new TransferResult(info, torrent.Have!.IsComplete, torrent.Totals, Math.Max(_mostPeers, torrent.PeerCount))
        {
            Duration = _time.GetElapsedTime(begin), Metadata = metadata, FirstByte = firstByte,
        };
    }

    private async Task FetchAllAsync(Torrent torrent, CancellationToken cancellationToken)
    {
        torrent.DownloadAll();
        while (!torrent.Have!.IsComplete)
        {
            if (torrent.Failure is { } failure)
            {
                throw new ClientException(failure is InvalidTorrentException ? ExitCode.BadInput : ExitCode.Disk, failure.Message, failure);
            }

            _mostPeers = Math.Max(_mostPeers, torrent.PeerCount);
            await Task.Delay(Poll, _time, cancellationToken);
        }
    }

    private async Task<TimeSpan?> CopyAsync(Torrent torrent, long offset, long length, long begin, CancellationToken cancellationToken)
    {
        TimeSpan? firstByte = null;
        await using var content = torrent.OpenRead(offset, length);
        await using var output = options.ToStandardOutput ? terminal.OpenBinaryOutput() : Stream.Null;
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                firstByte ??= _time.GetElapsedTime(begin);
                _mostPeers = Math.Max(_mostPeers, torrent.PeerCount);
                await WriteAsync(output, buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return firstByte;
    }

    private static async Task WriteAsync(Stream output, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await output.WriteAsync(data, cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
        catch (IOException failure)
        {
            throw new ClientException(ExitCode.Disk, $"Standard output takes nothing more: {failure.Message}", failure);
        }
    }
}
