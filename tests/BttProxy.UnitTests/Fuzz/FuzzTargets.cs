using System.Buffers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Merkle;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.BitTorrent.Transport.Utp;
using BttProxy.BitTorrent.Wire;
using BttProxy.UnitTests.BitTorrent.Dht;
using BttProxy.UnitTests.BitTorrent.Transport.Encryption;
using Xunit;

namespace BttProxy.UnitTests.Fuzz;

/// <summary>
/// Every parser that a stranger's bytes reach, by the name of its corpus folder. A target throws when a promise is broken: only the
/// parser's own refusals are swallowed, and what was written by us must be read back as the same.
/// </summary>
internal static class FuzzTargets
{
    public static IReadOnlyDictionary<string, Func<Action<byte[]>>> All { get; } = new Dictionary<string, Func<Action<byte[]>>>
    {
        ["bencode"] = () => Bencoding,
        ["frames"] = () => Frames,
        ["hashes"] = Hashes,
        ["handshake"] = () => Handshakes,
        ["extension"] = () => Extensions,
        ["metadata"] = () => MetadataMessages,
        ["peer-exchange"] = () => PeerExchangeMessages,
        ["torrent"] = () => Torrents,
        ["magnet"] = () => Magnets,
        ["krpc"] = Krpc,
        ["compact"] = () => CompactLists,
        ["encryption"] = () => EncryptionHandshakes,
        ["utp"] = () => UtpPackets,
    };

    private static void Bencoding(byte[] input)
    {
        if (Bencode.TryParse(input, out var value) == BencodeError.None)
        {
            var output = new ArrayBufferWriter<byte>(Math.Max(1, input.Length));
            Write(new BencodeWriter(output), value!);
            Assert.True(output.WrittenSpan.SequenceEqual(input), "what was read is written differently");
        }
        if (Bencode.TryParsePrefix(input, out value, out var consumed, new BencodeLimits { AllowUnsortedKeys = true }) == BencodeError.None)
        {
            Assert.Equal(value!.Raw.Length, consumed);
        }
    }

    private static void Write(BencodeWriter writer, BencodeValue value)
    {
        switch (value)
        {
            case BencodeInteger integer:
                writer.WriteInteger(integer.Value);
                break;
            case BencodeString text:
                writer.WriteString(text.Bytes.Span);
                break;
            case BencodeList list:
                writer.BeginList();
                foreach (var item in list.Items)
                {
                    Write(writer, item);
                }
                writer.End();
                break;
            case BencodeDictionary dictionary:
                writer.BeginDictionary();
                foreach (var (key, entry) in dictionary.Entries)
                {
                    writer.WriteString(key.Span);
                    Write(writer, entry);
                }
                writer.End();
                break;
        }
    }

    private static void Frames(byte[] input)
    {
        var rest = input.AsSpan();
        while (PeerFrame.TryRead(rest, out var frame) == FrameStatus.Complete)
        {
            Assert.InRange(frame.Length, PeerFrame.PrefixLength, PeerFrame.MaxLength + PeerFrame.PrefixLength);
            if (BlockRequest.TryRead(frame.Payload, out var request))
            {
                var writer = new MessageWriter();
                writer.Write(frame.Id!.Value, request);
                Assert.True(writer.Written.Span.SequenceEqual(rest[..frame.Length]), "a request is written differently");
            }
            rest = rest[frame.Length..];
        }
    }

    /// <summary>Hashes (BEP 52) are taken when they lead to the file's root, and then they are those of its pieces.</summary>
    private static Action<byte[]> Hashes()
    {
        byte[] pieces = [.. Enumerable.Range(0, 4).SelectMany(piece => SHA256.HashData([(byte)piece]))];
        var root = new byte[MerkleTree.HashLength];
        MerkleTree.Fold([.. pieces], 4, level: 0, root);
        return input =>
        {
            if (!HashRequest.TryRead(input, out var request))
            {
                return;
            }
            Assert.InRange(request.ProofLength, 0, MerkleTree.MaxLevels + 1);
            var answer = input.AsSpan(HashRequest.EncodedLength);
            var writer = new MessageWriter();
            writer.Write(PeerMessageId.Hashes, request, answer);
            Assert.True(writer.Written.Span[(PeerFrame.PrefixLength + 1)..].SequenceEqual(input), "hashes are written differently");
            var layer = new PieceLayer(root, 4 * MerkleTree.BlockLength, MerkleTree.BlockLength);
            var length = (int)Math.Min(answer.Length, (long)request.Length * MerkleTree.HashLength);
            Assert.True(!layer.TryAdd(0, answer[..length], answer[length..]) || answer.SequenceEqual(pieces), "other hashes are taken");
        };
    }

    private static void Handshakes(byte[] input)
    {
        if (Handshake.TryParse(input, out var handshake))
        {
            var written = new byte[Handshake.Length];
            handshake.Write(written);
            Assert.True(Handshake.TryParse(written, out var again) && again == handshake);
        }
    }

    private static void Extensions(byte[] input)
    {
        if (ExtensionHandshake.TryParse(input) is { } handshake)
        {
            Assert.InRange(handshake.MetadataSize ?? 1, 1, TorrentLimits.MaxInfoBytes);
            Assert.Equal(handshake, ExtensionHandshake.TryParse(handshake.Write()));
        }
    }

    private static void MetadataMessages(byte[] input)
    {
        if (MetadataMessage.TryParse(input, out var message))
        {
            Assert.InRange(message.HeadLength, 1, input.Length);
            Assert.InRange(message.Piece, 0, TorrentLimits.MaxInfoBytes / MetadataMessage.BlockLength);
            var written = message.Write();
            Assert.True(MetadataMessage.TryParse(written, out var again));
            var hasTotal = message.Type == MetadataMessageType.Data;
            Assert.Equal(message with { HeadLength = written.Length, TotalSize = hasTotal ? message.TotalSize : 0 }, again);
        }
    }

    private static void PeerExchangeMessages(byte[] input)
    {
        if (PeerExchangeMessage.TryParse(input) is { } message)
        {
            Assert.InRange(message.Added.Count, 0, PeerExchangeMessage.MaxPeers);
            Assert.InRange(message.Dropped.Count, 0, PeerExchangeMessage.MaxPeers);
            var again = PeerExchangeMessage.TryParse(message.Write());
            Assert.NotNull(again);
            Assert.Equal(message.Added, again.Added);
            Assert.Equal(message.Dropped, again.Dropped);
        }
    }

    private static void Torrents(byte[] input)
    {
        try
        {
            var info = TorrentFile.Parse(input).Info;
            Assert.Equal(info.Length, info.Files.Sum(file => file.Length));
            Assert.InRange(info.PieceSize(info.PieceCount - 1), 1, info.PieceLength);
            Assert.Equal(info.InfoHash, TorrentFile.Parse(TorrentFile.Write(info)).InfoHash);
        }
        catch (InvalidTorrentException exception)
        {
            Assert.True(Enum.IsDefined(exception.Problem));
        }
    }

    private static void Magnets(byte[] input)
    {
        if (MagnetLink.TryParse(Encoding.UTF8.GetString(input), out var link))
        {
            Assert.Equal(link.ToString(), MagnetLink.Parse(link.ToString()).ToString());
        }
    }

    /// <summary>Queries go on to a node that answers them, so that its reading of the arguments is fuzzed too.</summary>
    private static Action<byte[]> Krpc()
    {
        var node = new ResponderBuilder();
        return input =>
        {
            if (KrpcParser.TryParse(input) is not { } message)
            {
                return;
            }
            var written = message.Kind switch
            {
                KrpcKind.Query => node.Responder.Answer(message, ResponderBuilder.Caller),
                KrpcKind.Reply => KrpcEncoder.EncodeReply(message.TransactionId, ResponderBuilder.Caller, message.Body!.Raw),
                _ => KrpcEncoder.EncodeError(message.TransactionId, ResponderBuilder.Caller, KrpcError.Protocol, "again"),
            };
            if (!written.IsEmpty)
            {
                var again = KrpcParser.TryParse(written);
                Assert.NotNull(again);
                Assert.True(again.TransactionId.Span.SequenceEqual(message.TransactionId.Span), "another transaction");
                Assert.True(message.Kind != KrpcKind.Reply || again.Sender == message.Sender, "another sender");
            }
        };
    }

    /// <summary>
    /// The first byte chooses the side, and whether the rest is taken as it is or as what a peer would say after a right beginning; the second
    /// how it is cut.
    /// </summary>
    private static void EncryptionHandshakes(byte[] input)
    {
        if (input.Length < 2)
        {
            return;
        }
        var dials = (input[0] & 1) != 0;
        EncryptionHandshake handshake = dials
            ? new InitiatorHandshake(HandshakeForger.Honest, HandshakeForger.Torrent, CryptoMethods.Plaintext | CryptoMethods.Rc4, [])
            : new ResponderHandshake(HandshakeForger.Honest, () => [HandshakeForger.Torrent], CryptoMethods.Plaintext, CryptoMethods.Rc4);
        var rest = input[2..];
        if ((input[0] & 2) != 0)
        {
            rest = dials ? HandshakeForger.Answer(input[1], rest) : HandshakeForger.Request(input[1], rest);
        }
        var driver = new HandshakeDriver(handshake);
        driver.Give(rest, [Math.Max(1, (int)input[1])]);
        if (driver.Progress == EncryptionProgress.Complete)
        {
            Assert.True(handshake.Selected is CryptoMethods.Plaintext or CryptoMethods.Rc4);
            Assert.InRange(handshake.InitialPayload.Length, 0, EncryptionHandshake.MaxInitialPayload);
        }
    }

    private static void CompactLists(byte[] input)
    {
        if (CompactAddresses.ReadPeer(input) is { } peer)
        {
            Assert.True(CompactAddresses.WritePeer(peer).AsSpan().SequenceEqual(input), "a peer is written differently");
        }
        foreach (var family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            var nodes = CompactAddresses.ReadNodes(input, family, 16);
            Assert.InRange(nodes.Count, 0, 16);
            var written = CompactAddresses.WriteNodes(nodes.ToArray(), family);
            Assert.True(written.AsSpan().SequenceEqual(input.AsSpan(0, written.Length)), "nodes are written differently");
        }
    }

    private static void UtpPackets(byte[] input)
    {
        if (!UtpPacket.TryParse(input, out var packet))
        {
            return;
        }
        Assert.InRange(packet.SelectiveAck.Length, 0, 255);
        Assert.True(UtpHeader.Length + packet.SelectiveAck.Length + packet.Payload.Length <= input.Length);
        var written = new byte[input.Length];
        packet.Header.Write(written);
        Assert.True(written.AsSpan(0, UtpHeader.Length).SequenceEqual(input.AsSpan(0, UtpHeader.Length)), "a header is written differently");
        // A connection takes anything: what would fail here would fail in the receive loop.
        var connection = UtpConnection.Accept(packet.Header.ConnectionId, packet.Header.Ack, packet.Header.Sequence, new ReassemblyMemory(1 << 20), now: 0);
        connection.Write(new byte[20_000], now: 0);
        var datagram = new byte[UtpLimits.MaxDatagram];
        for (var i = 0; i < 3; i++)
        {
            while (connection.TryTakePacket(datagram, now: i, out _))
            {
                // Sent.
            }
            connection.OnPacket(packet, now: i);
        }
    }
}
