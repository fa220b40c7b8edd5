using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Tunnel;

/// <summary>
/// The first path segment of our requests: base64url(nonce16 ‖ HMAC-SHA256(pathKey, nonce ‖ period)[..16]). Who does not
/// know the path key sees only the site in front. Keeping nonces against replay is the relay's part.
/// </summary>
public static class PathToken
{
    /// <summary>Characters of a token.</summary>
    public const int Length = 43;

    public const int NonceLength = 16;

    private const int MacLength = 16;
    private const int PeriodSeconds = 20 * 60;

    /// <summary>How long a token can be accepted, so how long its nonce must be remembered.</summary>
    public static TimeSpan MaxLifetime => TimeSpan.FromSeconds(3 * PeriodSeconds);

    /// <summary>A fresh token with a random nonce; use it for one request.</summary>
    public static string Create(Bytes32 pathKey, DateTimeOffset now)
    {
        Span<byte> token = stackalloc byte[NonceLength + MacLength];
        RandomNumberGenerator.Fill(token[..NonceLength]);
        Mac(pathKey, token[..NonceLength], Period(now), token[NonceLength..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Accepts the current period, the one before and the one after; takes the same time for all three.</summary>
    /// <param name="pathKey">The relay's path key.</param>
    /// <param name="segment">The path segment, without slashes.</param>
    /// <param name="now">The relay's clock.</param>
    /// <param name="nonce">What to remember against replay; zero unless valid.</param>
    public static PathTokenVerdict Check(Bytes32 pathKey, ReadOnlySpan<char> segment, DateTimeOffset now, out UInt128 nonce)
    {
        nonce = default;
        Span<byte> token = stackalloc byte[NonceLength + MacLength];
        if (!Base64UrlText.TryDecode(segment, token))
        {
            return PathTokenVerdict.NotAToken;
        }

        var period = Period(now);
        Span<byte> expected = stackalloc byte[MacLength];
        var matches = false;
        for (var offset = -1; offset <= 1; offset++)
        {
            Mac(pathKey, token[..NonceLength], period + offset, expected);
            matches |= CryptographicOperations.FixedTimeEquals(expected, token[NonceLength..]);
        }

        if (!matches)
        {
            return PathTokenVerdict.WrongKeyOrPeriod;
        }

        nonce = BinaryPrimitives.ReadUInt128BigEndian(token);
        return PathTokenVerdict.Valid;
    }

    private static long Period(DateTimeOffset now) => now.ToUnixTimeSeconds() / PeriodSeconds;

    private static void Mac(Bytes32 pathKey, ReadOnlySpan<byte> nonce, long period, Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[NonceLength + sizeof(long)];
        nonce.CopyTo(input);
        BinaryPrimitives.WriteInt64BigEndian(input[NonceLength..], period);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(pathKey.Span, input, mac);
        mac[..MacLength].CopyTo(destination);
    }
}
