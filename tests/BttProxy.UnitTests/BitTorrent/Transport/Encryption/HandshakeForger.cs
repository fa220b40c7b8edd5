using System.Buffers.Binary;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Transport.Encryption;

namespace BttProxy.UnitTests.BitTorrent.Transport.Encryption;

/// <summary>
/// Handshakes as a hostile side sends them: right up to the fields, which the test writes. The exponents are tiny, for thousands of
/// handshakes.
/// </summary>
internal static class HandshakeForger
{
    public static InfoHash Torrent { get; } = InfoHash.Compute("torrent"u8);

    /// <summary>Of the side under test.</summary>
    public static KeyExchange Honest { get; } = new([3]);

    private static KeyExchange Hostile { get; } = new([2]);

    /// <summary>To a responder: key, padding, mark, name, and the given rest in RC4.</summary>
    public static byte[] Request(int padding, params byte[] rest) => Request(padding, Torrent, rest);

    public static byte[] Request(int padding, InfoHash torrent, params byte[] rest)
    {
        var secret = Secret();
        var message = new byte[KeyExchange.Length + padding + (2 * StreamKeys.Length)];
        Hostile.WritePublicKey(message);
        StreamKeys.WriteMark(secret, message.AsSpan(KeyExchange.Length + padding));
        StreamKeys.WriteHiddenName(secret, torrent, message.AsSpan(KeyExchange.Length + padding + StreamKeys.Length));
        StreamKeys.OfInitiator(secret, torrent).Apply(rest);
        return [.. message, .. rest];
    }

    /// <summary>To an initiator: key, padding, and the given rest in RC4.</summary>
    public static byte[] Answer(int padding, params byte[] rest)
    {
        var message = new byte[KeyExchange.Length + padding];
        Hostile.WritePublicKey(message);
        StreamKeys.OfResponder(Secret(), Torrent).Apply(rest);
        return [.. message, .. rest];
    }

    /// <summary>The fields of either side up to a padding: eight zeros, methods, length.</summary>
    public static byte[] Fields(uint methods, ushort padding)
    {
        var fields = new byte[14];
        BinaryPrimitives.WriteUInt32BigEndian(fields.AsSpan(8), methods);
        BinaryPrimitives.WriteUInt16BigEndian(fields.AsSpan(12), padding);
        return fields;
    }

    private static byte[] Secret()
    {
        var secret = new byte[KeyExchange.Length];
        Honest.WritePublicKey(secret);
        Hostile.TryAgree(secret, secret);
        return secret;
    }
}
