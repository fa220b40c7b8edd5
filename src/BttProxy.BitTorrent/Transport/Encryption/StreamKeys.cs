using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Transport.Encryption;

/// <summary>What both sides compute from the agreed secret and the torrent's info-hash: SHA-1 over a label and one or both of them.</summary>
internal static class StreamKeys
{
    public const int Length = SHA1.HashSizeInBytes;

    /// <summary>By which the responder finds where the padding before it ends.</summary>
    public static void WriteMark(ReadOnlySpan<byte> secret, Span<byte> destination) => Hash("req1"u8, secret, [], destination);

    /// <summary>The torrent's name, hidden by the secret.</summary>
    public static void WriteHiddenName(ReadOnlySpan<byte> secret, InfoHash infoHash, Span<byte> destination)
    {
        Span<byte> name = stackalloc byte[Length];
        WriteName(infoHash, name);
        Hash("req3"u8, secret, [], destination);
        Xor(name, destination);
    }

    /// <summary>The torrent that a hidden name means. Each candidate costs one block of SHA-1, some hundredths of what the key exchange did.</summary>
    public static InfoHash? Find(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> hiddenName, IEnumerable<InfoHash> candidates)
    {
        Span<byte> wanted = stackalloc byte[Length];
        Hash("req3"u8, secret, [], wanted);
        Xor(hiddenName, wanted);
        Span<byte> name = stackalloc byte[Length];
        foreach (var candidate in candidates)
        {
            WriteName(candidate, name);
            if (name.SequenceEqual(wanted))
            {
                return candidate;
            }
        }
        return null;
    }

    /// <summary>What the side that dialled sends goes by this.</summary>
    public static Rc4 OfInitiator(ReadOnlySpan<byte> secret, InfoHash infoHash) => Cipher("keyA"u8, secret, infoHash);

    public static Rc4 OfResponder(ReadOnlySpan<byte> secret, InfoHash infoHash) => Cipher("keyB"u8, secret, infoHash);

    private static void WriteName(InfoHash infoHash, Span<byte> destination) => Hash("req2"u8, infoHash.Span, [], destination);

    private static Rc4 Cipher(ReadOnlySpan<byte> label, ReadOnlySpan<byte> secret, InfoHash infoHash)
    {
        Span<byte> key = stackalloc byte[Length];
        Hash(label, secret, infoHash.Span, key);
        return new Rc4(key);
    }

    private static void Hash(ReadOnlySpan<byte> label, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[label.Length + first.Length + second.Length];
        label.CopyTo(input);
        first.CopyTo(input[label.Length..]);
        second.CopyTo(input[(label.Length + first.Length)..]);
        SHA1.HashData(input, destination);
    }

    private static void Xor(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        for (var i = 0; i < Length; i++)
        {
            destination[i] ^= bytes[i];
        }
    }
}
