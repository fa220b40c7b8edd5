using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Dht;

/// <summary>What may be stored by a "put" (BEP 44); pure.</summary>
internal static class PutRules
{
    /// <summary>Judges the arguments of a query whose token was checked, against what <paramref name="find"/> says is stored.</summary>
    /// <returns>Null when the item may be stored, else the error to answer with.</returns>
    public static KrpcError? Check(
        BencodeDictionary arguments, Func<DhtNodeId, StoredItem?> find, out DhtNodeId target, out StoredItem? item)
    {
        target = default;
        item = null;
        // The hash and the signature cover these bytes, so all nodes must agree on one form of them.
        if (arguments.Find("v"u8) is not { } value || Bencode.TryParse(value.Raw, out _) != BencodeError.None)
        {
            return KrpcError.Protocol;
        }
        if (value.Raw.Length > DhtLimits.ItemValueBytes)
        {
            return KrpcError.ValueTooBig;
        }
        if (arguments.Find("k"u8) is null)
        {
            target = DhtNodeId.Hash(value.Raw.Span);
            item = new StoredItem(value.Raw, null);
            return null;
        }
        var salt = arguments.FindString("salt"u8) ?? default;
        if (salt.Length > DhtLimits.SaltBytes)
        {
            return KrpcError.SaltTooBig;
        }
        if (arguments.FindString("k"u8) is not { Length: DhtMutableItem.PublicKeyLength } key
            || arguments.FindInteger("seq"u8) is not { } seq
            || arguments.FindString("sig"u8) is not { Length: DhtMutableItem.SignatureLength } signature)
        {
            return KrpcError.Protocol;
        }
        var signed = new DhtMutableItem(key, salt, seq, value.Raw, signature);
        target = signed.Target;
        item = new StoredItem(value.Raw, signed);
        return signed.Verify() ? CheckOrder(signed, find(target)?.Signed, arguments.FindInteger("cas"u8)) : KrpcError.InvalidSignature;
    }

    public static string Describe(KrpcError error) => error switch
    {
        KrpcError.ValueTooBig => "v over 1000 bytes",
        KrpcError.SaltTooBig => "salt over 64 bytes",
        KrpcError.InvalidSignature => "invalid signature",
        KrpcError.CasMismatch => "cas differs, read again",
        KrpcError.SequenceTooLow => "seq not above the stored one",
        _ => "malformed put",
    };

    private static KrpcError? CheckOrder(DhtMutableItem next, DhtMutableItem? stored, long? cas)
    {
        if (stored is null)
        {
            return null;
        }
        if (cas is { } expected && expected != stored.Seq)
        {
            return KrpcError.CasMismatch;
        }
        var isRepeat = next.Seq == stored.Seq && next.BencodedValue.Span.SequenceEqual(stored.BencodedValue.Span);
        return next.Seq > stored.Seq || isRepeat ? null : KrpcError.SequenceTooLow;
    }
}
