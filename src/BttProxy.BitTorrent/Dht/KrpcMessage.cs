using System.Net;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Dht;

internal enum KrpcKind
{
    Query,
    Reply,
    Error,
}

internal enum KrpcMethod
{
    Unknown,
    Ping,
    FindNode,
    GetPeers,
    AnnouncePeer,
    Get,
    Put,
}

/// <summary>Error codes of BEP 5 and BEP 44.</summary>
internal enum KrpcError
{
    Generic = 201,
    Server = 202,
    Protocol = 203,
    MethodUnknown = 204,
    ValueTooBig = 205,
    InvalidSignature = 206,
    SaltTooBig = 207,
    CasMismatch = 301,
    SequenceTooLow = 302,
}

/// <summary>A message of the KRPC protocol (BEP 5) whose outer form is right; arguments are checked where they are used.</summary>
internal sealed class KrpcMessage
{
    public required KrpcKind Kind { get; init; }

    public required ReadOnlyMemory<byte> TransactionId { get; init; }

    public KrpcMethod Method { get; init; }

    /// <summary>Arguments of a query or values of a reply; null for an error.</summary>
    public BencodeDictionary? Body { get; init; }

    /// <summary>The sender's node id; without meaning for an error.</summary>
    public DhtNodeId Sender { get; init; }

    /// <summary>BEP 43: the sender is not to be listed.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Our address as the sender sees it (BEP 42).</summary>
    public IPAddress? YourAddress { get; init; }

    public long ErrorCode { get; init; }

    /// <summary>BEP 32: the query asks for IPv4 nodes.</summary>
    public bool Wants4 => Wants("n4"u8);

    /// <summary>BEP 32: the query asks for IPv6 nodes.</summary>
    public bool Wants6 => Wants("n6"u8);

    public DhtNodeId? FindId(ReadOnlySpan<byte> key) =>
        Body?.FindString(key) is { Length: DhtNodeId.Length } bytes ? new DhtNodeId(bytes.Span) : null;

    private bool Wants(ReadOnlySpan<byte> name)
    {
        foreach (var item in Body?.FindList("want"u8)?.Items ?? [])
        {
            if (item is BencodeString wanted && wanted.Bytes.Span.SequenceEqual(name))
            {
                return true;
            }
        }
        return false;
    }
}
