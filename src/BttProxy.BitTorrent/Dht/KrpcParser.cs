using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Reads datagrams. Whatever a stranger sends ends as a message or as null, never as an exception.</summary>
internal static class KrpcParser
{
    // Nodes in the field send unsorted keys; signed and hashed parts are checked strictly where that matters.
    private static readonly BencodeLimits Limits = new() { MaxDepth = 32, MaxValues = 2048, AllowUnsortedKeys = true };

    public static KrpcMessage? TryParse(ReadOnlyMemory<byte> datagram)
    {
        if (Bencode.TryParse(datagram, out var value, Limits) != BencodeError.None || value is not BencodeDictionary message
            || message.FindString("t"u8) is not { Length: > 0 and <= DhtLimits.TransactionIdBytes } transactionId
            || message.FindString("y"u8) is not { Length: 1 } kind)
        {
            return null;
        }
        return kind.Span[0] switch
        {
            (byte)'q' => ParseQuery(message, transactionId),
            (byte)'r' => ParseReply(message, transactionId),
            (byte)'e' => ParseError(message, transactionId),
            _ => null,
        };
    }

    private static KrpcMessage? ParseQuery(BencodeDictionary message, ReadOnlyMemory<byte> transactionId)
    {
        if (message.FindString("q"u8) is not { } name || message.FindDictionary("a"u8) is not { } arguments
            || arguments.FindString("id"u8) is not { Length: DhtNodeId.Length } sender)
        {
            return null;
        }
        return new KrpcMessage
        {
            Kind = KrpcKind.Query,
            TransactionId = transactionId,
            Method = ParseMethod(name.Span),
            Body = arguments,
            Sender = new DhtNodeId(sender.Span),
            IsReadOnly = message.FindInteger("ro"u8) == 1,
        };
    }

    private static KrpcMessage? ParseReply(BencodeDictionary message, ReadOnlyMemory<byte> transactionId)
    {
        if (message.FindDictionary("r"u8) is not { } values || values.FindString("id"u8) is not { Length: DhtNodeId.Length } sender)
        {
            return null;
        }
        return new KrpcMessage
        {
            Kind = KrpcKind.Reply,
            TransactionId = transactionId,
            Body = values,
            Sender = new DhtNodeId(sender.Span),
            YourAddress = message.FindString("ip"u8) is { } address ? CompactAddresses.ReadPeer(address.Span)?.Address : null,
        };
    }

    private static KrpcMessage ParseError(BencodeDictionary message, ReadOnlyMemory<byte> transactionId) => new()
    {
        Kind = KrpcKind.Error,
        TransactionId = transactionId,
        ErrorCode = message.FindList("e"u8)?.Items is [BencodeInteger code, ..] ? code.Value : (long)KrpcError.Generic,
    };

    private static KrpcMethod ParseMethod(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("ping"u8) ? KrpcMethod.Ping
        : name.SequenceEqual("find_node"u8) ? KrpcMethod.FindNode
        : name.SequenceEqual("get_peers"u8) ? KrpcMethod.GetPeers
        : name.SequenceEqual("announce_peer"u8) ? KrpcMethod.AnnouncePeer
        : name.SequenceEqual("get"u8) ? KrpcMethod.Get
        : name.SequenceEqual("put"u8) ? KrpcMethod.Put
        : KrpcMethod.Unknown;
}
