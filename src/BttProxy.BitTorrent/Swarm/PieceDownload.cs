using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The way of a block: asked for, received, or given back. Runs under the torrent's lock.</summary>
internal sealed class PieceDownload(TorrentState torrent)
{
    // A peer may answer what was just cancelled; more than a few blocks out of the blue are an attack or a broken client.
    private const int MaxUnrequested = 16;

    private const int InterestLingerMilliseconds = 30_000;

    private readonly List<BlockRequest> _chosen = [];

    /// <summary>Asks the peer for as many blocks as it should have under way.</summary>
    public void Fill(PeerSession peer)
    {
        if (torrent.Schedule is not { } schedule || torrent.Failure is not null || torrent.IsStopped
            || peer.IsChokingUs || !peer.AmInterested || peer.Dropped != DropReason.None)
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

    /// <summary>Memory came free; who is interesting has not changed.</summary>
    public void FillIdle()
    {
        foreach (var peer in torrent.Peers)
        {
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
            || data.Length != Math.Min(BlockRequest.BlockLength, torrent.Info!.TransferSize(block.Piece) - block.Begin))
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
        peer.LastBlockAt = peer.LastUsefulAt = now;
        peer.Timeouts = peer.EmptyUnchokes = 0;
        peer.GotBlockSinceUnchoke = true;
        peer.Download.Add(data.Length, now);
        peer.Pipeline.OnBlock(peer.Download, now);
        torrent.DownloadRate.Add(data.Length, now);
        torrent.Context.Metrics.BlockReceived(data.Length);
        assembly.Receive(index, peer, data)?.TakeBack(assembly.Request(index));
        if (assembly.IsComplete)
        {
            torrent.Context.Verifier.Add(torrent.Completion, assembly);
        }
        return DropReason.None;
    }

    /// <summary>The peer choked us, timed out or left: others may be asked for its blocks.</summary>
    public void ReleaseAll(PeerSession peer, bool sendCancels)
    {
        foreach (var pending in peer.Requests.Drain())
        {
            peer.StaleBlocks++;
            if (sendCancels && torrent.Schedule!.Find(pending.Piece) is { } assembly)
            {
                peer.Output.Write(PeerMessageId.Cancel, assembly.Request(pending.Block));
            }
            torrent.Schedule!.Release(pending.Piece, pending.Block, peer);
        }
    }

    /// <summary>Nothing of what was asked for is wanted any more, of no peer.</summary>
    public void ReleaseAll()
    {
        foreach (var peer in torrent.Peers)
        {
            ReleaseAll(peer, sendCancels: true);
            peer.Wake();
        }
        torrent.Schedule?.Clear();
    }

    /// <summary>The peer refused one block (BEP 6).</summary>
    public void Reject(PeerSession peer, BlockRequest request)
    {
        var index = request.Begin / BlockRequest.BlockLength;
        if (peer.Requests.Remove(request.Piece, index))
        {
            torrent.Schedule!.Release(request.Piece, index, peer);
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
                peer.TakeBack(assembly.Request(block));
            }
            torrent.Schedule.Remove(assembly);
        }
    }

    /// <summary>A block whose request was taken back, as at a choke, is still good when it comes all the same.</summary>
    private static bool IsWelcome(PieceAssembly assembly, PeerSession peer) =>
        !assembly.OneSourceOnly && peer.UnrequestedBlocks == 0;

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

    private void CountDuplicate(int bytes)
    {
        torrent.DuplicateBytes += bytes;
        torrent.Context.Metrics.DuplicateReceived(bytes);
    }
}
