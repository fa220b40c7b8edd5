using System.Buffers.Text;

namespace BttProxy.BitTorrent.Bencoding;

using Entry = KeyValuePair<ReadOnlyMemory<byte>, BencodeValue>;

/// <summary>One pass over one buffer. Recursion is bounded by <see cref="BencodeLimits.MaxDepth"/>.</summary>
internal struct BencodeParser(ReadOnlyMemory<byte> data, BencodeLimits limits)
{
    private int _values;
    private int _depth;

    public int Position { get; private set; }

    public BencodeError Read(out BencodeValue? value)
    {
        value = null;
        if (Position >= data.Length)
        {
            return BencodeError.Truncated;
        }
        if (++_values > limits.MaxValues)
        {
            return BencodeError.TooManyValues;
        }
        return data.Span[Position] switch
        {
            (byte)'i' => ReadInteger(out value),
            (byte)'l' => ReadNested(out value, isDictionary: false),
            (byte)'d' => ReadNested(out value, isDictionary: true),
            >= (byte)'0' and <= (byte)'9' => ReadString(out value),
            _ => BencodeError.UnexpectedByte,
        };
    }

    private BencodeError ReadInteger(out BencodeValue? value)
    {
        value = null;
        var start = Position;
        var rest = data.Span[(start + 1)..];
        var length = rest[..Math.Min(rest.Length, 21)].IndexOf((byte)'e');
        if (length < 0)
        {
            return rest.Length < 21 ? BencodeError.Truncated : BencodeError.InvalidInteger;
        }
        if (!IsCanonicalInteger(rest[..length]) || !Utf8Parser.TryParse(rest[..length], out long number, out var used)
            || used != length)
        {
            return BencodeError.InvalidInteger;
        }
        Position = start + length + 2;
        value = new BencodeInteger(data[start..Position], number);
        return BencodeError.None;
    }

    private static bool IsCanonicalInteger(ReadOnlySpan<byte> digits)
    {
        if (digits is [(byte)'-', ..])
        {
            return digits.Length > 1 && digits[1] is >= (byte)'1' and <= (byte)'9';
        }
        return digits.Length > 0 && digits[0] is >= (byte)'0' and <= (byte)'9' && (digits.Length == 1 || digits[0] != (byte)'0');
    }

    private BencodeError ReadString(out BencodeValue? value)
    {
        value = null;
        var start = Position;
        var error = ReadBytes(out var bytes);
        if (error == BencodeError.None)
        {
            value = new BencodeString(data[start..Position], bytes);
        }
        return error;
    }

    private BencodeError ReadBytes(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        var rest = data.Span[Position..];
        long length = 0;
        var digits = 0;
        while (digits < rest.Length && rest[digits] is >= (byte)'0' and <= (byte)'9')
        {
            length = (length * 10) + (rest[digits++] - '0');
            if (length > rest.Length || (digits > 1 && rest[0] == (byte)'0'))
            {
                return BencodeError.InvalidLength;
            }
        }
        if (digits == rest.Length)
        {
            return BencodeError.Truncated;
        }
        if (rest[digits] != (byte)':')
        {
            return BencodeError.UnexpectedByte;
        }
        if (length > rest.Length - digits - 1)
        {
            return BencodeError.InvalidLength;
        }
        bytes = data.Slice(Position + digits + 1, (int)length);
        Position += digits + 1 + (int)length;
        return BencodeError.None;
    }

    private BencodeError ReadNested(out BencodeValue? value, bool isDictionary)
    {
        value = null;
        if (++_depth > limits.MaxDepth)
        {
            return BencodeError.TooDeep;
        }
        var start = Position++;
        var error = isDictionary ? ReadEntries(start, out value) : ReadItems(start, out value);
        _depth--;
        return error;
    }

    private BencodeError ReadItems(int start, out BencodeValue? value)
    {
        value = null;
        var items = new List<BencodeValue>();
        while (Position < data.Length && data.Span[Position] != (byte)'e')
        {
            var error = Read(out var item);
            if (error != BencodeError.None)
            {
                return error;
            }
            items.Add(item!);
        }
        if (Position >= data.Length)
        {
            return BencodeError.Truncated;
        }
        Position++;
        value = new BencodeList(data[start..Position], [.. items]);
        return BencodeError.None;
    }

    private BencodeError ReadEntries(int start, out BencodeValue? value)
    {
        value = null;
        var entries = new List<Entry>();
        var sorted = true;
        while (Position < data.Length && data.Span[Position] != (byte)'e')
        {
            if (data.Span[Position] is < (byte)'0' or > (byte)'9')
            {
                return BencodeError.KeyNotString;
            }
            var error = ReadBytes(out var key);
            if (error != BencodeError.None)
            {
                return error;
            }
            var order = entries.Count == 0 ? -1 : entries[^1].Key.Span.SequenceCompareTo(key.Span);
            if (order == 0)
            {
                return BencodeError.DuplicateKey;
            }
            if (order > 0)
            {
                if (!limits.AllowUnsortedKeys)
                {
                    return BencodeError.UnsortedKeys;
                }
                sorted = false;
            }
            error = Read(out var item);
            if (error != BencodeError.None)
            {
                return error;
            }
            entries.Add(new Entry(key, item!));
        }
        if (Position >= data.Length)
        {
            return BencodeError.Truncated;
        }
        if (!sorted && !TrySort(entries))
        {
            return BencodeError.DuplicateKey;
        }
        Position++;
        value = new BencodeDictionary(data[start..Position], [.. entries]);
        return BencodeError.None;
    }

    private static bool TrySort(List<Entry> entries)
    {
        entries.Sort(static (left, right) => left.Key.Span.SequenceCompareTo(right.Key.Span));
        for (var i = 1; i < entries.Count; i++)
        {
            if (entries[i - 1].Key.Span.SequenceEqual(entries[i].Key.Span))
            {
                return false;
            }
        }
        return true;
    }
}
