namespace BttProxy.UnitTests.Fuzz;

/// <summary>Makes hostile inputs out of honest ones; the same seed makes the same inputs.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, int seed)
{
    private const int MaxLength = 4096;
    private const int MaxSteps = 4;

    private static readonly byte[][] Tokens =
    [
        "e"u8.ToArray(), "l"u8.ToArray(), "d"u8.ToArray(), "i-1e"u8.ToArray(), "i0e"u8.ToArray(), "0:"u8.ToArray(),
        "i2147483648e"u8.ToArray(), "i9223372036854775807e"u8.ToArray(), "i-9223372036854775808e"u8.ToArray(),
        "99999999999:"u8.ToArray(), [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0, 0, 0x40, 0],
        "%"u8.ToArray(), "&"u8.ToArray(), "../"u8.ToArray(), [0xc3], [0xed, 0xa0, 0x80],
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next input, never longer than a few kilobytes.</summary>
    public byte[] Next()
    {
        var bytes = new List<byte>(Pick());
        for (var steps = _random.Next(1, MaxSteps + 1); steps > 0; steps--)
        {
            Mutate(bytes);
        }
        return bytes.Count <= MaxLength ? [.. bytes] : [.. bytes.GetRange(0, MaxLength)];
    }

    private void Mutate(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var rest = bytes.Count - at;
        switch (_random.Next(9))
        {
            case 0 when rest > 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when rest > 0:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(rest, _random.Next(1, 20)));
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(rest, _random.Next(1, 60))));
                break;
            case 4:
                bytes.InsertRange(at, Tokens[_random.Next(Tokens.Length)]);
                break;
            case 5:
                bytes.InsertRange(at, Enumerable.Repeat(Tokens[_random.Next(3)][0], _random.Next(1, 300)));
                break;
            case 6:
                ChangeDigit(bytes, at);
                break;
            case 7:
                Splice(bytes, at);
                break;
            default:
                bytes.RemoveRange(at, rest);
                break;
        }
    }

    private void ChangeDigit(List<byte> bytes, int from)
    {
        var at = bytes.FindIndex(from, value => value is >= (byte)'0' and <= (byte)'9');
        if (at >= 0)
        {
            bytes[at] = (byte)('0' + _random.Next(10));
        }
    }

    private void Splice(List<byte> bytes, int at)
    {
        var other = Pick();
        var start = _random.Next(other.Length + 1);
        bytes.InsertRange(at, other.AsSpan(start, _random.Next(other.Length - start + 1)).ToArray());
    }

    private byte[] Pick() => corpus[_random.Next(corpus.Count)];
}
