using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Answers other nodes' queries out of the routing table and the stores; no I/O. The receive loop owns it.</summary>
internal sealed class QueryResponder(
    RoutingTable table, WriteTokens tokens, PeerStore peers, ItemStore items, AddressRules rules, AddressFamily family)
{
    // Room for everything around the values of an answer: ip, t, v, y, id, token and their keys.
    private const int Envelope = 160;
    private const int MutableOverhead = 140;

    private const int ScrapeOverhead = 2 * (ScrapeFilter.Length + 10);

    private readonly ConcurrentDictionary<DhtNodeId, Func<DhtMutableItem?>> _served = [];
    private long _refused;

    /// <summary>Our own table of the other network, for who asks for both (BEP 32); null when this host has only one.</summary>
    public RoutingTable? OtherTable { get; set; }

    public long RefusedCount => Interlocked.Read(ref _refused);

    public int InfoHashCount => peers.InfoHashCount;

    public int PeerCount => peers.PeerCount;

    public int ItemCount => items.Count;

    public void Serve(DhtNodeId target, Func<DhtMutableItem?> item) => _served[target] = item;

    public ReadOnlyMemory<byte> Answer(KrpcMessage query, IPEndPoint remote) => query.Method switch
    {
        KrpcMethod.Ping => Reply(query, remote, static (_, _) => { }),
        KrpcMethod.FindNode => query.FindId("target"u8) is { } target
            ? Reply(query, remote, (writer, _) => WriteNodes(writer, query, target, Envelope))
            : Refuse(query, remote, KrpcError.Protocol, "target missing"),
        KrpcMethod.GetPeers => query.FindId("info_hash"u8) is { } infoHash
            ? AnswerGetPeers(query, remote, infoHash)
            : Refuse(query, remote, KrpcError.Protocol, "info_hash missing"),
        KrpcMethod.AnnouncePeer => AnswerAnnounce(query, remote),
        KrpcMethod.Get => query.FindId("target"u8) is { } target
            ? AnswerGet(query, remote, target)
            : Refuse(query, remote, KrpcError.Protocol, "target missing"),
        KrpcMethod.Put => AnswerPut(query, remote),
        _ => Refuse(query, remote, KrpcError.MethodUnknown, "method unknown"),
    };

    private ReadOnlyMemory<byte> AnswerGetPeers(KrpcMessage query, IPEndPoint remote, DhtNodeId infoHash)
    {
        var hash = new InfoHash(infoHash.Span);
        var filters = query.Body!.FindInteger("scrape"u8) == 1 ? peers.Scrape(hash) : null;
        var perPeer = CompactAddresses.PeerLength(family) + 3;
        var used = Envelope + (filters is null ? 0 : ScrapeOverhead);
        var room = Math.Max(0, DhtLimits.AnswerBytes - used - NodeBytesWanted(query));
        var found = peers.Sample(
            hash, Math.Min(DhtLimits.PeersPerAnswer, room / perPeer), withoutSeeds: query.Body.FindInteger("noseed"u8) == 1).ToArray();
        var beforeId = filters is null ? null : new KrpcArguments(writer =>
        {
            writer.WriteEntry("BFpe"u8, filters.Value.Downloaders.Span);
            writer.WriteEntry("BFsd"u8, filters.Value.Seeds.Span);
        });
        return Reply(query, remote, (writer, remoteAddress) =>
        {
            WriteNodes(writer, query, infoHash, used + (found.Length * perPeer));
            writer.WriteEntry("token"u8, tokens.Issue(remoteAddress));
            if (found.Length == 0)
            {
                return;
            }
            writer.WriteString("values"u8);
            writer.BeginList();
            Span<byte> compact = stackalloc byte[CompactAddresses.PeerLength(family)];
            foreach (var peer in found)
            {
                CompactAddresses.WritePeer(peer, compact);
                writer.WriteString(compact);
            }
            writer.End();
        }, beforeId);
    }

    private ReadOnlyMemory<byte> AnswerAnnounce(KrpcMessage query, IPEndPoint remote)
    {
        if (query.FindId("info_hash"u8) is not { } infoHash)
        {
            return Refuse(query, remote, KrpcError.Protocol, "info_hash missing");
        }
        if (!HasToken(query, remote))
        {
            return Refuse(query, remote, KrpcError.Protocol, "bad token");
        }
        var port = query.Body!.FindInteger("implied_port"u8) is > 0 ? remote.Port : query.Body.FindInteger("port"u8);
        if (port is not (> 0 and <= IPEndPoint.MaxPort))
        {
            return Refuse(query, remote, KrpcError.Protocol, "port missing");
        }
        var peer = new IPEndPoint(remote.Address, (int)port);
        return !rules.MayContact(peer) || peers.Add(new InfoHash(infoHash.Span), peer, isSeed: query.Body.FindInteger("seed"u8) == 1)
            ? Reply(query, remote, static (_, _) => { })
            : Refuse(query, remote, KrpcError.Server, "no place for another peer of this torrent or address");
    }

    private ReadOnlyMemory<byte> AnswerGet(KrpcMessage query, IPEndPoint remote, DhtNodeId target)
    {
        var own = _served.TryGetValue(target, out var source) ? source() : null;
        var item = own is null ? items.Find(target) : new StoredItem(own.BencodedValue, own);
        var signed = item?.Signed;
        // BEP 44: who knows this sequence number already gets only the number.
        var known = signed is not null && query.Body!.FindInteger("seq"u8) >= signed.Seq;
        var value = known ? null : item;
        var used = Envelope + (value?.BencodedValue.Length ?? 0) + (signed is null ? 0 : MutableOverhead);
        return Reply(query, remote, (writer, remoteAddress) =>
        {
            if (value?.Signed is { } mutable)
            {
                writer.WriteEntry("k"u8, mutable.PublicKey.Span);
            }
            WriteNodes(writer, query, target, used);
            if (signed is not null)
            {
                writer.WriteEntry("seq"u8, signed.Seq);
            }
            if (value?.Signed is { } alsoMutable)
            {
                writer.WriteEntry("sig"u8, alsoMutable.Signature.Span);
            }
            writer.WriteEntry("token"u8, tokens.Issue(remoteAddress));
            if (value is not null)
            {
                writer.WriteRawEntry("v"u8, value.BencodedValue.Span);
            }
        });
    }

    private ReadOnlyMemory<byte> AnswerPut(KrpcMessage query, IPEndPoint remote)
    {
        if (!HasToken(query, remote))
        {
            return Refuse(query, remote, KrpcError.Protocol, "bad token");
        }
        var error = PutRules.Check(query.Body!, items.Find, out var target, out var item);
        if (error is { } code)
        {
            return Refuse(query, remote, code, PutRules.Describe(code));
        }
        return items.Put(target, item!, table.OwnId, remote)
            ? Reply(query, remote, static (_, _) => { })
            : Refuse(query, remote, KrpcError.Server, "too many items of this address");
    }

    private bool HasToken(KrpcMessage query, IPEndPoint remote) =>
        query.Body!.FindString("token"u8) is { } token && tokens.Accepts(token.Span, remote.Address);

    private void WriteNodes(BencodeWriter writer, KrpcMessage query, DhtNodeId target, int used)
    {
        var room = Math.Max(0, DhtLimits.AnswerBytes - used);
        foreach (var wanted in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            if (!IsWanted(query, wanted))
            {
                continue;
            }
            var length = CompactAddresses.NodeLength(wanted);
            var closest = TableOf(wanted)!.Closest(target, Math.Min(DhtLimits.NodesPerAnswer, room / length));
            room -= closest.Length * length;
            writer.WriteEntry(CompactAddresses.NodesKey(wanted), CompactAddresses.WriteNodes(closest, wanted));
        }
    }

    private int NodeBytesWanted(KrpcMessage query) => DhtLimits.NodesPerAnswer
        * ((IsWanted(query, AddressFamily.InterNetwork) ? CompactAddresses.NodeLength(AddressFamily.InterNetwork) : 0)
            + (IsWanted(query, AddressFamily.InterNetworkV6) ? CompactAddresses.NodeLength(AddressFamily.InterNetworkV6) : 0));

    /// <summary>BEP 32: what "want" names, if we have it; without "want", the family of the query itself.</summary>
    private bool IsWanted(KrpcMessage query, AddressFamily wanted) => TableOf(wanted) is not null
        && (OtherTable is not null && (query.Wants4 || query.Wants6)
            ? (wanted == AddressFamily.InterNetwork ? query.Wants4 : query.Wants6)
            : wanted == family);

    private RoutingTable? TableOf(AddressFamily wanted) => wanted == family ? table : OtherTable;

    private ReadOnlyMemory<byte> Reply(
        KrpcMessage query, IPEndPoint remote, Action<BencodeWriter, IPAddress> writeValues, KrpcArguments? beforeId = null)
    {
        var output = new ArrayBufferWriter<byte>(512);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        beforeId?.Invoke(writer);
        writer.WriteEntry("id"u8, table.OwnId.Span);
        writeValues(writer, remote.Address);
        writer.End();
        return KrpcEncoder.EncodeReply(query.TransactionId, remote, output.WrittenMemory);
    }

    private ReadOnlyMemory<byte> Refuse(KrpcMessage query, IPEndPoint remote, KrpcError code, string text)
    {
        Interlocked.Increment(ref _refused);
        return KrpcEncoder.EncodeError(query.TransactionId, remote, code, text);
    }
}
