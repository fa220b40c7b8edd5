using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The way of a block: asked for, received, hashed with its piece, stored. All but the last two under the torrent's lock.</summary>
internal sealed class PieceDownload(TorrentState torrent)
{
    // A peer may answer what was just cancelled; more than a few blocks out of the blue are an attack or a broken client.
    private const int MaxUnrequested = 16;

    private const int MaxEvidence = 64;
    private const int InterestLingerMilliseconds = 30_000;

    private readonly List<BlockRequest> _chosen = [];

    // What each source of a failed piece sent, to tell them apart when the piece is fetched again from one of them.
    private readonly Dictionary<int, List<BlockEvidence>> _evidence = [];

    /// <summary>Asks the peer for as many blocks as it should have under way.</summary>
    public void Fill(PeerSession peer)
    {
        if (torrent.Schedule is not { } schedule || torrent.Failure is not null || torrent.IsStopped || peer.IsChokingUs || peer.Dropped != 0)
        {
            return;
        }
        var room = peer.Pipeline.Depth - peer.Requests.Count;
        // Ask in batches: a flush for each single block would cost more than the block.
        if (room <= 0 || (room < peer.Pipeline.Depth / 8 && peer.Requests.Count > 0))
        {
            return;
        }
        _chosen.Clear();
        schedule.Fill(peer, room, torrent.Now, _chosen);
        foreach (var request in _chosen)
        {
            peer.Output.Write(PeerMessageId.Request, request);
        }
        if (_chosen.Count > 0)
        {
            peer.Wake();
        }
    }

    /// <summary>Something changed for everybody: a reader moved, memory came free, blocks were given back.</summary>
    public void FillAll()
    {
        foreach (var peer in torrent.Peers)
        {
            UpdateInterest(peer);
            Fill(peer);
        }
    }

    /// <summary>Tells the peer whether it has anything that we want.</summary>
    public void UpdateInterest(PeerSession peer)
    {
        if (torrent.Schedule is null)
        {
            return;
        }
        if (torrent.IsWanting)
        {
            torrent.InterestedUntil = torrent.Now + InterestLingerMilliseconds;
        }
        var interested = torrent.Now < torrent.InterestedUntil && peer.Have is { Count: > 0 } && HasMissing(peer);
        if (interested != peer.AmInterested)
        {
            peer.AmInterested = interested;
            peer.Output.Write(interested ? PeerMessageId.Interested : PeerMessageId.NotInterested);
            peer.Wake();
        }
    }

    /// <returns>A reason to drop the peer, or none.</returns>
    public DropReason Receive(PeerSession peer, BlockRequest block, ReadOnlySpan<byte> data)
    {
        var index = block.Begin / BlockRequest.BlockLength;
        var now = torrent.Now;
        if (block.Begin % BlockRequest.BlockLength != 0
            || data.Length != Math.Min(BlockRequest.BlockLength, torrent.Info!.PieceSize(block.Piece) - block.Begin))
        {
            return DropReason.MalformedMessage;
        }
        var asked = peer.Requests.Remove(block.Piece, index);
        if (!asked)
        {
            if (peer.StaleBlocks > 0)
            {
                peer.StaleBlocks--;
            }
            else if (++peer.UnrequestedBlocks > MaxUnrequested)
            {
                return DropReason.UnrequestedData;
            }
        }
        var assembly = torrent.Schedule!.Find(block.Piece);
        if (assembly is null || assembly.IsReceived(index) || (!asked && !IsWelcome(assembly, peer)))
        {
            CountDuplicate(data.Length);
            return DropReason.None;
        }
        peer.LastBlockAt = now;
        peer.Timeouts = 0;
        peer.Download.Add(data.Length, now);
        peer.Pipeline.OnBlock(peer.Download, now);
        torrent.DownloadRate.Add(data.Length, now);
        torrent.Context.Metrics.BlocksReceived(data.Length, 0);
        if (assembly.Receive(index, peer, data) is { } other)
        {
            TakeBack(other, assembly.Request(index));
        }
        if (assembly.IsComplete)
        {
            torrent.Context.Verifier.Add(this, assembly);
        }
        return DropReason.None;
    }

    /// <summary>The peer choked us, timed out or left: others may be asked for its blocks.</summary>
    public void ReleaseAll(PeerSession peer, bool sendCancels)
    {
        foreach (var pending in peer.Requests.Drain())
        {
            peer.StaleBlocks++;
            if (torrent.Schedule!.Find(pending.Piece) is { } assembly)
            {
                if (sendCancels)
                {
                    peer.Output.Write(PeerMessageId.Cancel, assembly.Request(pending.Block));
                }
                assembly.Release(pending.Block, peer);
            }
        }
    }

    /// <summary>The peer refused one block (BEP 6).</summary>
    public void Reject(PeerSession peer, BlockRequest request)
    {
        var index = request.Begin / BlockRequest.BlockLength;
        if (peer.Requests.Remove(request.Piece, index))
        {
            torrent.Schedule!.Find(request.Piece)?.Release(index, peer);
        }
        else if (peer.StaleBlocks > 0)
        {
            peer.StaleBlocks--;
        }
    }

    /// <summary>Gives back memory and requests of pieces that no reader wants any more.</summary>
    public void DropUnwanted()
    {
        foreach (var assembly in torrent.Schedule!.Unwanted())
        {
            foreach (var (block, peer) in assembly.Outstanding())
            {
                if (peer.Requests.Remove(assembly.Index, block))
                {
                    TakeBack(peer, assembly.Request(block), wasRemoved: true);
                }
            }
            torrent.Schedule.Remove(assembly);
        }
    }

    /// <summary>Hashes a complete piece and stores it. Runs on a piece worker.</summary>
    public async Task FinishAsync(PieceAssembly assembly)
    {
        var good = torrent.Info!.VerifyPiece(assembly.Index, assembly.Data);
        torrent.Context.Metrics.PieceHashed(good);
        if (!good)
        {
            lock (torrent.Gate)
            {
                OnBadPiece(assembly);
            }
            return;
        }
        lock (torrent.Gate)
        {
            assembly.IsVerified = true;
            BlameByEvidence(assembly);
            WakeReaders(assembly.Index);
        }
        TorrentStorageException? failure = null;
        try
        {
            await torrent.Store!.WritePieceAsync(assembly.Index, assembly.Buffer.AsMemory(0, assembly.Size), CancellationToken.None);
        }
        catch (TorrentStorageException exception)
        {
            failure = exception;
        }
        lock (torrent.Gate)
        {
            torrent.Schedule!.Remove(assembly);
            if (failure is null)
            {
                AnnouncePiece(assembly.Index);
            }
            else
            {
                Fail(failure);
            }
            FillAll();
        }
    }

    /// <summary>The disk does not work: every reader hears it.</summary>
    public void Fail(TorrentStorageException failure)
    {
        torrent.Failure = failure;
        foreach (var reader in torrent.Readers)
        {
            reader.Wake();
        }
    }

    /// <summary>A block whose request was taken back, as at a choke, is still good when it comes all the same.</summary>
    private static bool IsWelcome(PieceAssembly assembly, PeerSession peer) =>
        !assembly.OneSourceOnly && peer.UnrequestedBlocks == 0;

    private static void TakeBack(PeerSession peer, BlockRequest request, bool wasRemoved = false)
    {
        if (wasRemoved || peer.Requests.Remove(request.Piece, request.Begin / BlockRequest.BlockLength))
        {
            peer.StaleBlocks++;
            peer.Output.Write(PeerMessageId.Cancel, request);
            peer.Wake();
        }
    }

    private bool HasMissing(PeerSession peer)
    {
        var have = torrent.Store!.Have.Bytes;
        var theirs = peer.Have!.Bytes;
        for (var i = 0; i < have.Length; i++)
        {
            if ((theirs[i] & ~have[i]) != 0)
            {
                return true;
            }
        }
        return false;
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
        else if (_evidence.Count < MaxEvidence)
        {
            _evidence[assembly.Index] = BlockEvidence.Collect(assembly);
        }
        if (sources.Length > 1)
        {
            torrent.Schedule!.Suspect(assembly.Index);
        }
        torrent.Schedule!.Remove(assembly);
        FillAll();
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

    private void CountDuplicate(int bytes)
    {
        torrent.DuplicateBytes += bytes;
        torrent.Context.Metrics.BlocksReceived(0, bytes);
    }
}
