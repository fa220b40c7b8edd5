using System.Security.Cryptography;

namespace BttProxy.Protocol.Keys;

/// <summary>Base58 with four checksum bytes (the first of a double SHA-256), as Bitcoin introduced it and TRON uses it.</summary>
internal static class Base58Check
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int ChecksumLength = 4;
    private const int MaxPayload = 64;

    public static string Encode(ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, MaxPayload, nameof(payload));
        Span<byte> input = stackalloc byte[payload.Length + ChecksumLength];
        payload.CopyTo(input);
        Checksum(payload, input[payload.Length..]);

        // log(256) / log(58) < 1.37 digits per byte.
        Span<char> text = stackalloc char[(input.Length * 137 / 100) + 2];
        var start = text.Length;
        var zeros = input.IndexOfAnyExcept((byte)0);
        for (var first = zeros; first < input.Length;)
        {
            var remainder = 0;
            for (var index = first; index < input.Length; index++)
            {
                var value = (remainder << 8) | input[index];
                input[index] = (byte)(value / 58);
                remainder = value % 58;
            }

            text[--start] = Alphabet[remainder];
            while (first < input.Length && input[first] == 0)
            {
                first++;
            }
        }

        return new string('1', zeros) + new string(text[start..]);
    }

    /// <summary>Fills the destination exactly; anything else (length, alphabet, checksum) is refused.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[destination.Length + ChecksumLength];
        if (text.Length > bytes.Length * 2)
        {
            return false;
        }

        foreach (var character in text)
        {
            var carry = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (carry < 0)
            {
                return false;
            }

            for (var index = bytes.Length - 1; index >= 0; index--)
            {
                carry += bytes[index] * 58;
                bytes[index] = (byte)carry;
                carry >>= 8;
            }

            if (carry != 0)
            {
                return false;
            }
        }

        // Each leading '1' stands for exactly one leading zero byte: otherwise one address would have many texts.
        var zeros = bytes.IndexOfAnyExcept((byte)0);
        var ones = text.IndexOfAnyExcept('1');
        Span<byte> checksum = stackalloc byte[ChecksumLength];
        Checksum(bytes[..destination.Length], checksum);
        if (zeros != ones || !checksum.SequenceEqual(bytes[destination.Length..]))
        {
            return false;
        }

        bytes[..destination.Length].CopyTo(destination);
        return true;
    }

    private static void Checksum(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(payload, hash);
        SHA256.HashData(hash, hash);
        hash[..ChecksumLength].CopyTo(destination);
    }
}
