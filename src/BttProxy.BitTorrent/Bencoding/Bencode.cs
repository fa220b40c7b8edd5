namespace BttProxy.BitTorrent.Bencoding;

/// <summary>Reads bencoding (BEP 3) strictly, within <see cref="BencodeLimits"/>.</summary>
public static class Bencode
{
    /// <summary>Reads exactly one value that fills all of <paramref name="data"/>.</summary>
    /// <returns><see cref="BencodeError.None"/> and the value, or the first error found.</returns>
    public static BencodeError TryParse(ReadOnlyMemory<byte> data, out BencodeValue? value, BencodeLimits? limits = null)
    {
        var error = TryParsePrefix(data, out value, out var consumed, limits);
        if (error == BencodeError.None && consumed != data.Length)
        {
            error = BencodeError.TrailingBytes;
            value = null;
        }
        return error;
    }

    /// <summary>Reads one value at the start of <paramref name="data"/>; other bytes may follow, as in BEP 9 messages.</summary>
    public static BencodeError TryParsePrefix(
        ReadOnlyMemory<byte> data, out BencodeValue? value, out int consumed, BencodeLimits? limits = null)
    {
        var parser = new BencodeParser(data, limits ?? BencodeLimits.Default);
        var error = parser.Read(out value);
        consumed = error == BencodeError.None ? parser.Position : 0;
        return error;
    }

    /// <summary>As <see cref="TryParse"/>, for callers that report the error to a user.</summary>
    /// <exception cref="BencodeException">The bytes are not acceptable.</exception>
    public static BencodeValue Parse(ReadOnlyMemory<byte> data, BencodeLimits? limits = null)
    {
        var error = TryParse(data, out var value, limits);
        return error == BencodeError.None ? value! : throw new BencodeException(error);
    }
}
