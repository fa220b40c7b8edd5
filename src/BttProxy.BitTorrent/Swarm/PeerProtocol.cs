using System.Buffers.Binary;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>What each message of a peer does. Runs under the torrent's lock, on whole receive buffers.</summary>
internal sealed class PeerProtocol(TorrentState torrent)
{
    private const int MaxUploadQueue = 500;
    private const int MaxOutput = 2 * 1024 * 1024;

    private int? PieceCount => torrent.Info?.PieceCount;

    /// <summary>The first messages to a new peer.</summary>
    public void Greet(PeerSession peer)
    {
        if (peer.SupportsExtensions)
        {
            var handshake = new ExtensionHandshake(
                MetadataMessage.LocalId, torrent.Info?.RawBytes.Length, MaxUploadQueue, torrent.Context.ListenPort);
            peer.Output.WriteExtended(ExtensionHandshake.MessageId, handshake.Write());
        }
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
        peer.LastReceivedAt = torrent.Now;
        while (peer.Dropped == DropReason.None)
        {
            switch (PeerFrame.TryRead(buffer[consumed..], out var frame))
            {
                case FrameStatus.Incomplete:
                    torrent.Download.Fill(peer);
                    return DropReason.None;
                case FrameStatus.TooLong:
                    return DropReason.MessageTooLong;
            }
            consumed += frame.Length;
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
        PeerMessageId.Bitfield => OnPiecesTold(peer, peer.Have, peer.SetPieces(payload, PieceCount)),
        PeerMessageId.HaveAll => OnPiecesTold(peer, peer.Have, payload.IsEmpty && peer.SupportsFast && peer.SetAllPieces(true, PieceCount)),
        PeerMessageId.HaveNone => OnPiecesTold(peer, peer.Have, payload.IsEmpty && peer.SupportsFast && peer.SetAllPieces(false, PieceCount)),
        PeerMessageId.Cancel => OnCancel(peer, payload),
        PeerMessageId.RejectRequest => OnReject(peer, payload),
        PeerMessageId.Extended => OnExtended(peer, payload),
        // PORT, suggestions, allowed-fast sets and whatever comes later are of no use here.
        _ => DropReason.None,
    };

    private DropReason OnPiece(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 8)
        {
            return DropReason.MalformedMessage;
        }
        var piece = BinaryPrimitives.ReadInt32BigEndian(payload);
        var begin = BinaryPrimitives.ReadInt32BigEndian(payload[4..]);
        if (torrent.Info is not { } info)
        {
            return DropReason.UnrequestedData;
        }
        if (piece < 0 || piece >= info.PieceCount || begin < 0 || begin >= info.PieceLength || payload.Length - 8 > BlockRequest.BlockLength)
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
        if (peer.AmChoking || !torrent.Store!.HasPiece(request.Piece) || peer.Uploads.Count >= MaxUploadQueue)
        {
            if (peer.SupportsFast)
            {
                peer.Output.Write(PeerMessageId.RejectRequest, request);
                peer.Wake();
            }
            return DropReason.None;
        }
        peer.Uploads.Enqueue(request);
        peer.Wake();
        return DropReason.None;
    }

    private static DropReason OnCancel(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (!BlockRequest.TryRead(payload, out var request))
        {
            return DropReason.MalformedMessage;
        }
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
        return DropReason.None;
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
        if (payload.Length != 4)
        {
            return DropReason.MalformedMessage;
        }
        var piece = BinaryPrimitives.ReadInt32BigEndian(payload);
        if (piece < 0 || piece >= (PieceCount ?? Metainfo.TorrentLimits.MaxPieces))
        {
            return DropReason.IndexOutOfRange;
        }
        if (peer.AddPiece(piece, PieceCount))
        {
            torrent.Schedule!.AddAvailability(piece, 1);
            if (!peer.AmInterested && !torrent.Store!.HasPiece(piece))
            {
                torrent.Download.UpdateInterest(peer);
            }
        }
        return DropReason.None;
    }

    private DropReason OnPiecesTold(PeerSession peer, Bitfield? before, bool valid)
    {
        if (!valid)
        {
            return DropReason.MalformedMessage;
        }
        if (before is not null)
        {
            torrent.Schedule!.AddAvailability(before, -1);
        }
        if (peer.Have is { } have)
        {
            torrent.Schedule!.AddAvailability(have, 1);
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
        }
        return DropReason.None;
    }

    private static DropReason OnUnchoke(PeerSession peer)
    {
        peer.IsChokingUs = false;
        return DropReason.None;
    }

    private DropReason OnInterested(PeerSession peer)
    {
        torrent.Slots.OnInterested(peer);
        return DropReason.None;
    }

    private DropReason OnNotInterested(PeerSession peer)
    {
        torrent.Slots.OnNotInterested(peer);
        return DropReason.None;
    }

    private DropReason OnExtended(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return DropReason.MalformedMessage;
        }
        return payload[0] switch
        {
            ExtensionHandshake.MessageId => OnExtensionHandshake(peer, payload[1..]),
            MetadataMessage.LocalId => OnMetadata(peer, payload[1..]),
            _ => DropReason.None,
        };
    }

    private DropReason OnExtensionHandshake(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (ExtensionHandshake.TryParse(payload) is not { } handshake)
        {
            return DropReason.MalformedMessage;
        }
        if (handshake.RequestQueue is { } queue)
        {
            peer.Pipeline.SetPeerLimit(queue);
        }
        peer.MetadataId = handshake.MetadataId;
        // A second handshake may not change the size while requests are under way.
        peer.MetadataSize ??= handshake.MetadataSize;
        if (torrent.Info is null)
        {
            torrent.Metadata.Fill(peer, torrent.Now);
        }
        return DropReason.None;
    }

    private DropReason OnMetadata(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (!MetadataMessage.TryParse(payload, out var message))
        {
            return DropReason.MalformedMessage;
        }
        var blame = DropReason.None;
        switch (message.Type)
        {
            case MetadataMessageType.Request:
                SendMetadata(peer, message.Piece);
                break;
            case MetadataMessageType.Data when torrent.Info is null:
                if (torrent.Metadata.OnData(peer, message, payload[message.HeadLength..], out blame) is { } metadata)
                {
                    torrent.MetadataReceived(metadata);
                }
                else
                {
                    torrent.Metadata.Fill(peer, torrent.Now);
                }
                break;
            case MetadataMessageType.Reject when torrent.Info is null:
                torrent.Metadata.OnReject(peer, torrent.Now);
                break;
        }
        return blame;
    }

    private void SendMetadata(PeerSession peer, int piece)
    {
        if (peer.MetadataId == 0)
        {
            return;
        }
        var start = piece * MetadataMessage.BlockLength;
        if (torrent.Info is not { } info || start >= info.RawBytes.Length)
        {
            peer.Output.WriteExtended(peer.MetadataId, new MetadataMessage(MetadataMessageType.Reject, piece, 0, 0).Write());
        }
        else
        {
            var size = info.RawBytes.Length;
            var head = new MetadataMessage(MetadataMessageType.Data, piece, size, 0).Write();
            peer.Output.WriteExtended(
                peer.MetadataId, head, info.RawBytes.Span.Slice(start, Math.Min(MetadataMessage.BlockLength, size - start)));
        }
        peer.Wake();
    }

    private bool IsInside(BlockRequest request) =>
        torrent.Info is { } info && request.Piece < info.PieceCount
        && (long)request.Begin + request.Length <= info.PieceSize(request.Piece);
}
