using System.Buffers;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;
using NSec.Cryptography;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class MutableItemVotesTests : IDisposable
{
    private readonly Key _key = Key.Create(SignatureAlgorithm.Ed25519);
    private readonly Key _stranger = Key.Create(SignatureAlgorithm.Ed25519);

    [Fact]
    public void NewestValidCopy_WinsAndItsCopiesAreCounted()
    {
        var votes = new MutableItemVotes(_key.PublicKey.Export(KeyBlobFormat.RawPublicKey), default);
        votes.Add(Reply(Item(_key, 2)));
        votes.Add(Reply(Item(_key, 3)));
        votes.Add(Reply(Item(_key, 2)));
        votes.Add(Reply(Item(_key, 3)));
        votes.Add(Reply(Item(_stranger, 9)));
        var forged = Item(_key, 3);
        votes.Add(Reply(new DhtMutableItem(forged.PublicKey, default, 99, forged.BencodedValue, forged.Signature)));
        votes.Add(Parse("de"u8));
        Assert.Equal((3, 2), (votes.Best!.Seq, votes.Copies));
    }

    [Fact]
    public void OtherValidVersions_AreKeptAFewOnceEach()
    {
        var votes = new MutableItemVotes(_key.PublicKey.Export(KeyBlobFormat.RawPublicKey), default);
        votes.Add(Reply(Item(_key, 5)));
        votes.Add(Reply(Item(_key, 3)));
        votes.Add(Reply(Item(_key, 3)));
        votes.Add(Reply(Item(_key, 8)));
        var forged = Item(_key, 3);
        votes.Add(Reply(new DhtMutableItem(forged.PublicKey, default, 4, forged.BencodedValue, forged.Signature)));
        votes.Add(Reply(Item(_stranger, 2)));
        Assert.Equal((8, 1), (votes.Best!.Seq, votes.Copies));
        Assert.Equal([3L, 5L], votes.Others.Select(item => item.Seq));
        for (var seq = 9; seq < 100; seq++)
        {
            votes.Add(Reply(Item(_key, seq)));
        }
        Assert.Equal((99, 4), (votes.Best!.Seq, votes.Others.Count));
    }

    public void Dispose()
    {
        _key.Dispose();
        _stranger.Dispose();
    }

    private static DhtMutableItem Item(Key key, long seq) => DhtMutableItem.Sign(key, default, seq, "value"u8.ToArray());

    private static BencodeDictionary Reply(DhtMutableItem item)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteEntry("k"u8, item.PublicKey.Span);
        writer.WriteEntry("seq"u8, item.Seq);
        writer.WriteEntry("sig"u8, item.Signature.Span);
        writer.WriteRawEntry("v"u8, item.BencodedValue.Span);
        writer.End();
        return Parse(output.WrittenSpan);
    }

    private static BencodeDictionary Parse(ReadOnlySpan<byte> bytes) => (BencodeDictionary)Bencode.Parse(bytes.ToArray());
}
