using System.Buffers.Binary;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>What each message of a peer does. Runs under the torrent's lock, on whole receive buffers.</summary>
internal sealed class PeerProtocol(TorrentState torrent)
{
    // Length prefix, message id, piece and offset.
    private const int BlockHeader = 13;

    private const int MaxOutput = 2 * 1024 * 1024;

    // Two full queues after a choke are honest; a peer that goes on is a flood.
    private const int MaxRefusedRequests = 4 * UploadSlots.MaxQueue;
    private const int MaxEmptyUnchokes = 10;

    private readonly ExtensionProtocol _extensions = new(torrent);

    private int? PieceCount => torrent.Info?.PieceCount;

    /// <summary>The first messages to a new peer.</summary>
    public void Greet(PeerSession peer)
    {
        ExtensionProtocol.Greet(torrent, peer);
        var have = torrent.Store?.Have;
        if (have is { Count: > 0 } && have.IsComplete && peer.SupportsFast)
        {
            peer.Output.Write(PeerMessageId.HaveAll);
        }
        else if (have is { Count: > 0 })
        {
            peer.Output.WriteBitfield(have.Bytes);
        }
        else if (peer.SupportsFast)
        {
            peer.Output.Write(PeerMessageId.HaveNone);
        }
        peer.Wake();
    }

    /// <summary>Handles all whole frames of the buffer, then tops the requests up once.</summary>
    /// <returns>A reason to drop the peer, or none.</returns>
    public DropReason Process(PeerSession peer, ReadOnlySpan<byte> buffer, out int consumed)
    {
        consumed = 0;
        while (peer.Dropped == DropReason.None)
        {
            switch (PeerFrame.TryRead(buffer[consumed..], out var frame))
            {
                case FrameStatus.Incomplete:
                    // Single bytes of a message are neither a sign of life nor worth a look at the schedule.
                    if (consumed > 0)
                    {
                        peer.LastReceivedAt = torrent.Now;
                        torrent.Hashes.Fill(peer);
                        torrent.Download.Fill(peer);
                    }
                    return DropReason.None;
                case FrameStatus.TooLong:
                    return DropReason.MessageTooLong;
            }
            consumed += frame.Length;
            torrent.Context.Metrics.ProtocolReceived(frame.Id == PeerMessageId.Piece ? Math.Min(frame.Length, BlockHeader) : frame.Length);
            var reason = frame.Id is { } id ? Handle(peer, id, frame.Payload) : DropReason.None;
            if (reason == DropReason.None && peer.Output.Length > MaxOutput)
            {
                reason = DropReason.NotReading;
            }
            if (reason != DropReason.None)
            {
                return reason;
            }
        }
        return peer.Dropped;
    }

    private DropReason Handle(PeerSession peer, PeerMessageId id, ReadOnlySpan<byte> payload) => id switch
    {
        PeerMessageId.Piece => OnPiece(peer, payload),
        PeerMessageId.Request => OnRequest(peer, payload),
        PeerMessageId.Have => OnHave(peer, payload),
        PeerMessageId.Choke => payload.IsEmpty ? OnChoke(peer) : DropReason.MalformedMessage,
        PeerMessageId.Unchoke => payload.IsEmpty ? OnUnchoke(peer) : DropReason.MalformedMessage,
        PeerMessageId.Interested => payload.IsEmpty ? OnInterested(peer) : DropReason.MalformedMessage,
        PeerMessageId.NotInterested => payload.IsEmpty ? OnNotInterested(peer) : DropReason.MalformedMessage,
        PeerMessageId.Bitfield => OnBitfield(peer, payload),
        PeerMessageId.HaveAll => OnAllOrNone(peer, all: true, payload),
        PeerMessageId.HaveNone => OnAllOrNone(peer, all: false, payload),
        PeerMessageId.Cancel => OnCancel(peer, payload),
        PeerMessageId.RejectRequest => OnReject(peer, payload),
        PeerMessageId.Extended => _extensions.Receive(peer, payload),
        PeerMessageId.HashRequest => OnHashRequest(peer, payload),
        PeerMessageId.Hashes => OnHashes(peer, payload),
        PeerMessageId.HashReject => OnHashReject(peer, payload),
        PeerMessageId.SuggestPiece or PeerMessageId.AllowedFast => CheckPiece(payload),
        // PORT and whatever comes later are of no use here.
        _ => DropReason.None,
    };

    private DropReason OnPiece(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        // A block without data belongs to no piece.
        if (payload.Length <= 8)
        {
            return DropReason.MalformedMessage;
        }
        var piece = BinaryPrimitives.ReadInt32BigEndian(payload);
        var begin = BinaryPrimitives.ReadInt32BigEndian(payload[4..]);
        if (torrent.Info is not { } info)
        {
            return DropReason.UnrequestedData;
        }
        if (piece < 0 || piece >= info.PieceCount || begin < 0 || begin >= info.PieceLength
            || payload.Length - 8 > BlockRequest.BlockLength)
        {
            return DropReason.IndexOutOfRange;
        }
        return torrent.Download.Receive(peer, new BlockRequest(piece, begin, payload.Length - 8), payload[8..]);
    }

    private DropReason OnRequest(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (!BlockRequest.TryRead(payload, out var request))
        {
            return DropReason.MalformedMessage;
        }
        if (!IsInside(request) || request.Length > PeerFrame.MaxLength / 2)
        {
            return DropReason.IndexOutOfRange;
        }
        if (peer.AmChoking || !torrent.Store!.HasPiece(request.Piece) || peer.Uploads.Count >= UploadSlots.MaxQueue)
        {
            if (peer.SupportsFast)
            {
                peer.Output.Write(PeerMessageId.RejectRequest, request);
                peer.Wake();
            }
            return Refuse(peer);
        }
        peer.Uploads.Enqueue(request);
        peer.Wake();
        return DropReason.None;
    }

    private DropReason OnCancel(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (!BlockRequest.TryRead(payload, out var request))
        {
            return DropReason.MalformedMessage;
        }
        if (!IsInside(request))
        {
            return DropReason.IndexOutOfRange;
        }
        var before = peer.Uploads.Count;
        for (var i = peer.Uploads.Count; i > 0; i--)
        {
            var queued = peer.Uploads.Dequeue();
            if (queued != request)
            {
                peer.Uploads.Enqueue(queued);
            }
            else if (peer.SupportsFast)
            {
                peer.Output.Write(PeerMessageId.RejectRequest, request);
                peer.Wake();
            }
        }
        return peer.Uploads.Count == before ? Refuse(peer) : DropReason.None;
    }

    private static DropReason Refuse(PeerSession peer) =>
        ++peer.RefusedRequests > MaxRefusedRequests ? DropReason.TooManyRequests : DropReason.None;

    private DropReason CheckPiece(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4)
        {
            return DropReason.MalformedMessage;
        }
        return BinaryPrimitives.ReadUInt32BigEndian(payload) < (PieceCount ?? Metainfo.TorrentLimits.MaxPieces)
            ? DropReason.None
            : DropReason.IndexOutOfRange;
    }

    private DropReason OnReject(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (!BlockRequest.TryRead(payload, out var request) || !peer.SupportsFast)
        {
            return DropReason.MalformedMessage;
        }
        if (!IsInside(request))
        {
            return DropReason.IndexOutOfRange;
        }
        torrent.Download.Reject(peer, request);
        return DropReason.None;
    }

    private DropReason OnHave(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (CheckPiece(payload) is not DropReason.None and var reason)
        {
            return reason;
        }
        var piece = BinaryPrimitives.ReadInt32BigEndian(payload);
        if (peer.AddPiece(piece, PieceCount))
        {
            torrent.Schedule!.AddPiece(peer, piece);
            if (!peer.AmInterested && !torrent.Store!.HasPiece(piece))
            {
                torrent.Download.UpdateInterest(peer);
            }
        }
        return DropReason.None;
    }

    private DropReason OnBitfield(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        torrent.Schedule?.ForgetPeer(peer);
        return peer.SetPieces(payload, PieceCount) ? OnPiecesTold(peer) : DropReason.MalformedMessage;
    }

    private DropReason OnAllOrNone(PeerSession peer, bool all, ReadOnlySpan<byte> payload)
    {
        torrent.Schedule?.ForgetPeer(peer);
        return payload.IsEmpty && peer.SupportsFast && peer.SetAllPieces(all, PieceCount)
            ? OnPiecesTold(peer)
            : DropReason.MalformedMessage;
    }

    private DropReason OnPiecesTold(PeerSession peer)
    {
        if (peer.Have is not null)
        {
            torrent.Schedule!.AddPeer(peer);
            torrent.Download.UpdateInterest(peer);
        }
        return DropReason.None;
    }

    private DropReason OnChoke(PeerSession peer)
    {
        peer.IsChokingUs = true;
        if (peer.Requests.Count > 0)
        {
            torrent.Download.ReleaseAll(peer, sendCancels: false);
            torrent.Download.FillAll();
            if (!peer.GotBlockSinceUnchoke && ++peer.EmptyUnchokes >= MaxEmptyUnchokes)
            {
                return DropReason.Stalled;
            }
        }
        return DropReason.None;
    }

    private static DropReason OnUnchoke(PeerSession peer)
    {
        peer.IsChokingUs = false;
        peer.GotBlockSinceUnchoke = false;
        return DropReason.None;
    }

    private DropReason OnInterested(PeerSession peer)
    {
        torrent.Slots.OnInterested(peer, torrent.Now);
        return DropReason.None;
    }

    private DropReason OnNotInterested(PeerSession peer)
    {
        torrent.Slots.OnNotInterested(peer, torrent.Now);
        return DropReason.None;
    }

    private DropReason OnHashRequest(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != HashRequest.EncodedLength || !HashRequest.TryRead(payload, out var request))
        {
            return DropReason.MalformedMessage;
        }
        var isTaken = torrent.HashUpload.TryEnqueue(peer, request);
        if (!isTaken)
        {
            peer.Output.Write(PeerMessageId.HashReject, request);
        }
        peer.Wake();
        return isTaken ? DropReason.None : Refuse(peer);
    }

    private DropReason OnHashes(PeerSession peer, ReadOnlySpan<byte> payload) => HashRequest.TryRead(payload, out var request)
        ? torrent.Hashes.OnHashes(peer, request, payload[HashRequest.EncodedLength..])
        : DropReason.MalformedMessage;

    private DropReason OnHashReject(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != HashRequest.EncodedLength || !HashRequest.TryRead(payload, out var request))
        {
            return DropReason.MalformedMessage;
        }
        torrent.Hashes.OnReject(peer, request);
        return DropReason.None;
    }

    // libtorrent pads the last file of a v2 torrent too, and asks for whole blocks of that padding.
    private bool IsInside(BlockRequest request) =>
        torrent.Info is { } info && request.Piece < info.PieceCount
        && (long)request.Begin + request.Length <= (info.InfoHashV1 is null ? info.PieceLength : info.PieceSize(request.Piece));
}
