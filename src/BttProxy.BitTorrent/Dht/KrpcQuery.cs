using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Writes the entries that follow "id" in a query's arguments; keys in byte order.</summary>
internal delegate void KrpcArguments(BencodeWriter writer);

/// <summary>A query before it has a transaction id. Only "cas" of BEP 44 sorts before "id".</summary>
internal readonly record struct KrpcQuery(KrpcMethod Method, KrpcArguments AfterId, KrpcArguments? BeforeId = null)
{
    public static KrpcQuery Ping() => new(KrpcMethod.Ping, static _ => { });

    /// <param name="target">Whose neighbours are wanted.</param>
    /// <param name="wantBoth">Asks for nodes of IPv4 and of IPv6 (BEP 32), as in the other queries.</param>
    public static KrpcQuery FindNode(DhtNodeId target, bool wantBoth = false) =>
        new(KrpcMethod.FindNode, writer =>
        {
            writer.WriteEntry("target"u8, target.Span);
            WriteWant(writer, wantBoth);
        });

    public static KrpcQuery GetPeers(DhtNodeId infoHash, bool wantBoth = false, bool scrape = false) =>
        new(KrpcMethod.GetPeers, writer =>
        {
            writer.WriteEntry("info_hash"u8, infoHash.Span);
            if (scrape)
            {
                writer.WriteEntry("scrape"u8, 1);
            }
            WriteWant(writer, wantBoth);
        });

    public static KrpcQuery Get(DhtNodeId target, bool wantBoth = false) =>
        new(KrpcMethod.Get, writer =>
        {
            writer.WriteEntry("target"u8, target.Span);
            WriteWant(writer, wantBoth);
        });

    /// <summary>Without a port the UDP source port counts (implied_port), whatever a NAT makes of it.</summary>
    public static KrpcQuery AnnouncePeer(DhtNodeId infoHash, int? port, ReadOnlyMemory<byte> token, bool isSeed = false) =>
        new(KrpcMethod.AnnouncePeer, writer =>
        {
            writer.WriteEntry("implied_port"u8, port is null ? 1 : 0);
            writer.WriteEntry("info_hash"u8, infoHash.Span);
            writer.WriteEntry("port"u8, port ?? 1);
            if (isSeed)
            {
                writer.WriteEntry("seed"u8, 1);
            }
            writer.WriteEntry("token"u8, token.Span);
        });

    public static KrpcQuery PutImmutable(ReadOnlyMemory<byte> bencodedValue, ReadOnlyMemory<byte> token) =>
        new(KrpcMethod.Put, writer =>
        {
            writer.WriteEntry("token"u8, token.Span);
            writer.WriteRawEntry("v"u8, bencodedValue.Span);
        });

    public static KrpcQuery PutMutable(DhtMutableItem item, long? cas, ReadOnlyMemory<byte> token) => new(
        KrpcMethod.Put,
        writer =>
        {
            writer.WriteEntry("k"u8, item.PublicKey.Span);
            if (!item.Salt.IsEmpty)
            {
                writer.WriteEntry("salt"u8, item.Salt.Span);
            }
            writer.WriteEntry("seq"u8, item.Seq);
            writer.WriteEntry("sig"u8, item.Signature.Span);
            writer.WriteEntry("token"u8, token.Span);
            writer.WriteRawEntry("v"u8, item.BencodedValue.Span);
        },
        cas is { } expected ? writer => writer.WriteEntry("cas"u8, expected) : null);

    private static void WriteWant(BencodeWriter writer, bool both)
    {
        if (!both)
        {
            return;
        }
        writer.WriteString("want"u8);
        writer.BeginList();
        writer.WriteString("n4"u8);
        writer.WriteString("n6"u8);
        writer.End();
    }
}
