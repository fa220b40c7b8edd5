using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Writes whole datagrams.</summary>
internal static class KrpcEncoder
{
    /// <summary>Client and version, as BEP 5 suggests.</summary>
    private static ReadOnlySpan<byte> Version => "BP\u0000\u0001"u8;

    public static ReadOnlyMemory<byte> EncodeQuery(uint transactionId, KrpcQuery query, DhtNodeId ownId, bool readOnly)
    {
        var output = new ArrayBufferWriter<byte>(256);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteString("a"u8);
        writer.BeginDictionary();
        query.BeforeId?.Invoke(writer);
        writer.WriteEntry("id"u8, ownId.Span);
        query.AfterId(writer);
        writer.End();
        writer.WriteEntry("q"u8, NameOf(query.Method));
        if (readOnly)
        {
            writer.WriteEntry("ro"u8, 1);
        }
        Span<byte> transaction = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(transaction, transactionId);
        WriteTail(writer, transaction, "q"u8);
        return output.WrittenMemory;
    }

    /// <summary>The body is the reply's dictionary, "id" included.</summary>
    public static ReadOnlyMemory<byte> EncodeReply(ReadOnlyMemory<byte> transactionId, IPEndPoint remote, ReadOnlyMemory<byte> body)
    {
        var output = new ArrayBufferWriter<byte>(body.Length + 64);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteEntry("ip"u8, CompactAddresses.WritePeer(remote));
        writer.WriteRawEntry("r"u8, body.Span);
        WriteTail(writer, transactionId.Span, "r"u8);
        return output.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> EncodeError(ReadOnlyMemory<byte> transactionId, IPEndPoint remote, KrpcError code, string text)
    {
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteString("e"u8);
        writer.BeginList();
        writer.WriteInteger((long)code);
        writer.WriteString(text);
        writer.End();
        writer.WriteEntry("ip"u8, CompactAddresses.WritePeer(remote));
        WriteTail(writer, transactionId.Span, "e"u8);
        return output.WrittenMemory;
    }

    private static void WriteTail(BencodeWriter writer, ReadOnlySpan<byte> transactionId, ReadOnlySpan<byte> kind)
    {
        writer.WriteEntry("t"u8, transactionId);
        writer.WriteEntry("v"u8, Version);
        writer.WriteEntry("y"u8, kind);
        writer.End();
    }

    private static ReadOnlySpan<byte> NameOf(KrpcMethod method) => method switch
    {
        KrpcMethod.Ping => "ping"u8,
        KrpcMethod.FindNode => "find_node"u8,
        KrpcMethod.GetPeers => "get_peers"u8,
        KrpcMethod.AnnouncePeer => "announce_peer"u8,
        KrpcMethod.Get => "get"u8,
        KrpcMethod.Put => "put"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };
}
