using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// Keeps the newest valid copy of one mutable item and counts the nodes that have it; of other versions it keeps a few. Thread-safe: both
/// networks answer at the same time.
/// </summary>
internal sealed class MutableItemVotes(ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> salt)
{
    // Each costs a check of its signature; an honest writer leaves one or two behind.
    private const int MaxOthers = 4;

    private readonly Lock _gate = new();
    private readonly List<DhtMutableItem> _others = [];

    public DhtMutableItem? Best { get; private set; }

    public int Copies { get; private set; }

    public IReadOnlyList<DhtMutableItem> Others
    {
        get
        {
            lock (_gate)
            {
                return [.. _others];
            }
        }
    }

    public void Add(BencodeDictionary reply)
    {
        if (Parse(reply, salt) is not { } item || !item.PublicKey.Span.SequenceEqual(publicKey.Span))
        {
            return;
        }
        lock (_gate)
        {
            // A copy of what was verified needs no second verification.
            if (Best is { } best && IsSame(item, best))
            {
                Copies++;
            }
            else if (Best is null || item.Seq > Best.Seq)
            {
                Replace(item);
            }
            else if (_others.Count < MaxOthers && !_others.Exists(other => IsSame(item, other)) && item.Verify())
            {
                _others.Add(item);
            }
        }
    }

    private void Replace(DhtMutableItem item)
    {
        if (!item.Verify())
        {
            return;
        }
        if (Best is { } former && _others.Count < MaxOthers)
        {
            _others.Add(former);
        }
        Best = item;
        Copies = 1;
    }

    /// <summary>The reply to "get" holds exactly the item.</summary>
    public static bool IsCopy(BencodeDictionary reply, DhtMutableItem item) =>
        Parse(reply, item.Salt) is { } found && found.PublicKey.Span.SequenceEqual(item.PublicKey.Span) && IsSame(found, item);

    /// <summary>The signed item of a reply to "get"; null when there is none or its signature is wrong.</summary>
    public static DhtMutableItem? Read(BencodeDictionary reply, ReadOnlyMemory<byte> salt) =>
        Parse(reply, salt) is { } item && item.Verify() ? item : null;

    private static bool IsSame(DhtMutableItem left, DhtMutableItem right) => left.Seq == right.Seq
        && left.BencodedValue.Span.SequenceEqual(right.BencodedValue.Span) && left.Signature.Span.SequenceEqual(right.Signature.Span);

    private static DhtMutableItem? Parse(BencodeDictionary reply, ReadOnlyMemory<byte> salt) =>
        reply.FindString("k"u8) is { Length: DhtMutableItem.PublicKeyLength } key
        && reply.FindInteger("seq"u8) is { } seq
        && reply.FindString("sig"u8) is { Length: DhtMutableItem.SignatureLength } signature
        && reply.Find("v"u8) is { } value
            ? new DhtMutableItem(key, salt, seq, value.Raw, signature)
            : null;
}
