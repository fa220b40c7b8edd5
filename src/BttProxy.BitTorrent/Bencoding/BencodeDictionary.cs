namespace BttProxy.BitTorrent.Bencoding;

/// <summary>A dictionary; entries are held in key order, and no key is there twice.</summary>
public sealed class BencodeDictionary : BencodeValue
{
    private readonly KeyValuePair<ReadOnlyMemory<byte>, BencodeValue>[] _entries;

    internal BencodeDictionary(ReadOnlyMemory<byte> raw, KeyValuePair<ReadOnlyMemory<byte>, BencodeValue>[] entries)
        : base(raw) => _entries = entries;

    public IReadOnlyList<KeyValuePair<ReadOnlyMemory<byte>, BencodeValue>> Entries => _entries;

    public BencodeValue? Find(ReadOnlySpan<byte> key)
    {
        var low = 0;
        var high = _entries.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _entries[middle].Key.Span.SequenceCompareTo(key);
            if (order == 0)
            {
                return _entries[middle].Value;
            }
            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }
        return null;
    }

    /// <summary>The value under the key, or null when it is missing or of another type; so the other Find methods.</summary>
    public long? FindInteger(ReadOnlySpan<byte> key) => (Find(key) as BencodeInteger)?.Value;

    /// <inheritdoc cref="FindInteger"/>
    public ReadOnlyMemory<byte>? FindString(ReadOnlySpan<byte> key) => (Find(key) as BencodeString)?.Bytes;

    /// <inheritdoc cref="FindInteger"/>
    public BencodeList? FindList(ReadOnlySpan<byte> key) => Find(key) as BencodeList;

    /// <inheritdoc cref="FindInteger"/>
    public BencodeDictionary? FindDictionary(ReadOnlySpan<byte> key) => Find(key) as BencodeDictionary;
}
