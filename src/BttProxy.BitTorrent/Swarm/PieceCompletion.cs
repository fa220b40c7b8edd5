using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>What happens to a piece when its last block is here: hashed and stored by a worker, or blamed on who sent it.</summary>
internal sealed partial class PieceCompletion(TorrentState torrent)
{
    private const int MaxEvidence = 64;

    // What each source of a failed piece sent, to tell them apart when the piece is fetched again from one of them.
    private readonly Dictionary<int, List<BlockEvidence>> _evidence = [];

    /// <summary>Hashes a complete piece and stores it. Runs on a piece worker.</summary>
    public async Task FinishAsync(PieceAssembly assembly)
    {
        var verdict = torrent.Info!.CheckPiece(assembly.Index, assembly.Data);
        torrent.Context.Metrics.PieceHashed(verdict == PieceVerdict.Good, assembly.Size);
        if (verdict != PieceVerdict.Good)
        {
            lock (torrent.Gate)
            {
                if (verdict == PieceVerdict.Contradiction)
                {
                    OnContradiction(assembly);
                }
                else
                {
                    OnBadPiece(assembly);
                }
            }
            return;
        }
        lock (torrent.Gate)
        {
            assembly.IsVerified = true;
            BlameByEvidence(assembly);
            WakeReaders(assembly.Index);
        }
        var hasRoom = torrent.Context.Disk.HasRoomFor(assembly.Size);
        var failure = hasRoom ? await StoreAsync(assembly) : null;
        lock (torrent.Gate)
        {
            torrent.Schedule!.Remove(assembly);
            if (failure is null && hasRoom)
            {
                AnnouncePiece(assembly.Index);
            }
            else if (failure is not null)
            {
                Fail(failure);
            }
            // Whether a peer still has something that we want is looked at with each tick; the end comes at once.
            if (torrent.IsWanting)
            {
                torrent.Download.FillIdle();
            }
            else
            {
                torrent.Download.FillAll();
            }
        }
    }

    /// <summary>Finishing the piece failed, as it does when its torrent was removed meanwhile: its memory comes back.</summary>
    public void Abandon(PieceAssembly assembly, Exception exception)
    {
        lock (torrent.Gate)
        {
            torrent.Schedule!.Remove(assembly);
            if (torrent.IsStopped)
            {
                return;
            }
            LogPieceAbandoned(torrent.Context.Logger, exception, assembly.Index);
            Fail(new TorrentStorageException($"A piece could not be stored: {exception.Message}", isDiskFull: false, exception));
        }
    }

    private async Task<TorrentStorageException?> StoreAsync(PieceAssembly assembly)
    {
        var (store, cache) = (torrent.Store!, torrent.Context.Cache);
        try
        {
            if (torrent.Cached is { } cached)
            {
                await cache!.MakeRoomAsync(cached, assembly.Index, CancellationToken.None);
            }
            await store.WritePieceAsync(assembly.Index, assembly.Buffer.AsMemory(0, assembly.Size), CancellationToken.None);
            return null;
        }
        catch (TorrentStorageException exception)
        {
            return exception;
        }
        finally
        {
            if (torrent.Cached is { } cached)
            {
                cache!.Written(cached, store, assembly.Index);
            }
        }
    }

    /// <summary>The torrent cannot go on: every reader hears it.</summary>
    public void Fail(Exception failure)
    {
        torrent.Failure = failure;
        WakeReaders();
    }

    /// <summary>Lets every waiting reader look again.</summary>
    public void WakeReaders()
    {
        foreach (var reader in torrent.Readers)
        {
            reader.Wake();
        }
    }

    /// <summary>Who made the torrent lies; no peer is to blame.</summary>
    private void OnContradiction(PieceAssembly assembly)
    {
        torrent.HashFailedBytes += assembly.Size;
        torrent.Schedule!.Remove(assembly);
        Fail(new InvalidTorrentException(
            TorrentProblem.HybridMismatch, "The torrent's v1 and v2 hashes are of different data; it is damaged or made to deceive."));
    }

    private void OnBadPiece(PieceAssembly assembly)
    {
        torrent.HashFailedBytes += assembly.Size;
        var sources = assembly.Sources.Where(source => source is not null).Distinct().ToArray();
        if (sources is [{ } author])
        {
            author.Drop(DropReason.BadData);
            torrent.Book.Ban(author.EndPoint);
        }
        else
        {
            if (_evidence.Count >= MaxEvidence)
            {
                // Of a piece that nobody came back for.
                _evidence.Remove(_evidence.Keys.First());
            }
            _evidence[assembly.Index] = BlockEvidence.Collect(assembly);
        }
        if (sources.Length > 1)
        {
            torrent.Schedule!.Suspect(assembly.Index);
        }
        torrent.Schedule!.Remove(assembly);
        torrent.Download.FillAll();
    }

    private void BlameByEvidence(PieceAssembly assembly)
    {
        if (_evidence.Remove(assembly.Index, out var evidence))
        {
            foreach (var author in BlockEvidence.FindAuthors(evidence, assembly))
            {
                author.Drop(DropReason.BadData);
                torrent.Book.Ban(author.EndPoint);
            }
        }
    }

    private void WakeReaders(int piece)
    {
        foreach (var reader in torrent.Readers)
        {
            if (reader.WaitsFor == piece)
            {
                reader.Wake();
            }
        }
    }

    private void AnnouncePiece(int piece)
    {
        foreach (var peer in torrent.Peers)
        {
            // A peer that has the piece does not care who else does.
            if (!peer.Has(piece))
            {
                peer.Output.WriteHave(piece);
                peer.Wake();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Piece {Piece} could not be finished; its torrent pauses until it is asked for again")]
    private static partial void LogPieceAbandoned(ILogger logger, Exception exception, int piece);
}
