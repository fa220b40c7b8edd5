using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The extension protocol (BEP 10) with metadata exchange (BEP 9) and peer exchange (BEP 11). Runs under the torrent's lock.</summary>
internal sealed class ExtensionProtocol(TorrentState torrent)
{
    /// <summary>Tells a peer what we understand, and that we want nothing when that is so; again when it changes.</summary>
    public static void Greet(TorrentState torrent, PeerSession peer)
    {
        var isUpdate = peer.ToldUploadOnly != torrent.IsUploadOnly;
        peer.ToldUploadOnly = torrent.IsUploadOnly;
        if (peer.SupportsExtensions)
        {
            var handshake = new ExtensionHandshake(
                MetadataMessage.LocalId, torrent.Info?.RawBytes.Length, UploadSlots.MaxQueue, torrent.Context.ListenPort)
            {
                PeerExchangeId = torrent.Exchange.IsAllowed ? PeerExchangeMessage.LocalId : (byte)0,
                UploadOnly = isUpdate ? torrent.IsUploadOnly : null,
                YourAddress = peer.EndPoint.Address,
            };
            peer.Output.WriteExtended(ExtensionHandshake.MessageId, handshake.Write());
        }
    }

    /// <returns>A reason to drop the peer, or none.</returns>
    public DropReason Receive(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return DropReason.MalformedMessage;
        }
        return payload[0] switch
        {
            ExtensionHandshake.MessageId => OnExtensionHandshake(peer, payload[1..]),
            MetadataMessage.LocalId => OnMetadata(peer, payload[1..]),
            PeerExchangeMessage.LocalId => torrent.Exchange.Receive(peer, payload[1..]),
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
        peer.Exchange.RemoteId = handshake.PeerExchangeId;
        peer.ListenPort = handshake.ListenPort ?? peer.ListenPort;
        peer.IsUploadOnly = handshake.UploadOnly ?? peer.IsUploadOnly;
        if (handshake.YourAddress is { } address)
        {
            torrent.Context.Addresses.Hear(peer.EndPoint, address);
        }
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
                if (torrent.Metadata.OnData(peer, message, payload[message.HeadLength..], torrent.Now, out blame) is { } metadata)
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
}
