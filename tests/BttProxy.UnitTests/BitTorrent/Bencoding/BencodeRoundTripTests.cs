using System.Buffers;
using BttProxy.BitTorrent.Bencoding;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Bencoding;

public sealed class BencodeRoundTripTests
{
    private static readonly Gen<object> Leaf = Gen.OneOf(
        Gen.Long.Select(number => (object)number), Gen.Byte.Array[0, 40].Select(bytes => (object)bytes));

    private static readonly Gen<object> Tree = Gen.Recursive<object>((depth, inner) => depth >= 4
        ? Leaf
        : Gen.OneOf(
            Leaf,
            inner.List[0, 5].Select(items => (object)items),
            Gen.Select(Gen.Byte.Array[0, 6], inner).List[0, 5].Select(entries => (object)Sorted(entries))));

    [Fact]
    public void WhatIsWritten_IsReadBackAndWrittenTheSame() => Tree.Sample(tree =>
    {
        var first = new ArrayBufferWriter<byte>();
        Write(new BencodeWriter(first), tree);
        var second = new ArrayBufferWriter<byte>();
        Write(new BencodeWriter(second), Unwrap(Bencode.Parse(first.WrittenMemory)));
        return first.WrittenSpan.SequenceEqual(second.WrittenSpan);
    });

    [Fact]
    public void AnyBytes_AreParsedOrRefusedWithoutThrowing()
    {
        var random = new Random(20261123);
        var seed = "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:ql1:aee"u8.ToArray();
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = seed[..random.Next(seed.Length + 1)];
            for (var change = random.Next(6); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = "ilde0123456789:-"u8[random.Next(16)];
            }
            var error = Bencode.TryParse(bytes, out var value, new BencodeLimits { AllowUnsortedKeys = i % 2 == 0 });
            Assert.Equal(error == BencodeError.None, value is not null);
        }
    }

    private static SortedDictionary<byte[], object> Sorted(List<(byte[] Key, object Value)> entries)
    {
        var sorted = new SortedDictionary<byte[], object>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        foreach (var (key, value) in entries)
        {
            sorted[key] = value;
        }
        return sorted;
    }

    private static void Write(BencodeWriter writer, object value)
    {
        switch (value)
        {
            case long number:
                writer.WriteInteger(number);
                break;
            case byte[] bytes:
                writer.WriteString(bytes);
                break;
            case List<object> items:
                writer.BeginList();
                items.ForEach(item => Write(writer, item));
                writer.End();
                break;
            case SortedDictionary<byte[], object> entries:
                writer.BeginDictionary();
                foreach (var (key, item) in entries)
                {
                    writer.WriteString(key);
                    Write(writer, item);
                }
                writer.End();
                break;
        }
    }

    private static object Unwrap(BencodeValue value) => value switch
    {
        BencodeInteger number => number.Value,
        BencodeString text => text.Bytes.ToArray(),
        BencodeList list => list.Items.Select(Unwrap).ToList(),
        BencodeDictionary dictionary => Sorted([.. dictionary.Entries.Select(e => (e.Key.ToArray(), Unwrap(e.Value)))]),
        _ => throw new InvalidOperationException(),
    };
}
