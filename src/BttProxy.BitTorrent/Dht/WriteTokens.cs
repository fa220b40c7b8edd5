using System.Net;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// Tokens that let an address write what it asked for just before (BEP 5): keyed hash of the address, with a key that
/// changes every five minutes; the previous key is accepted too, so a token lives five to ten minutes.
/// </summary>
internal sealed class WriteTokens
{
    public const int Length = 8;
    private const int KeyLength = 32;
    private static readonly TimeSpan Rotation = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _timeProvider;
    private long _rotatedAt;
    private byte[] _key = RandomNumberGenerator.GetBytes(KeyLength);
    private byte[] _previousKey = RandomNumberGenerator.GetBytes(KeyLength);

    public WriteTokens(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _rotatedAt = timeProvider.GetTimestamp();
    }

    public byte[] Issue(IPAddress address)
    {
        Rotate();
        return Compute(_key, address);
    }

    public bool Accepts(ReadOnlySpan<byte> token, IPAddress address)
    {
        Rotate();
        return CryptographicOperations.FixedTimeEquals(token, Compute(_key, address))
            | CryptographicOperations.FixedTimeEquals(token, Compute(_previousKey, address));
    }

    private void Rotate()
    {
        var now = _timeProvider.GetTimestamp();
        var age = _timeProvider.GetElapsedTime(_rotatedAt, now);
        if (age < Rotation)
        {
            return;
        }
        _previousKey = age < Rotation * 2 ? _key : RandomNumberGenerator.GetBytes(KeyLength);
        _key = RandomNumberGenerator.GetBytes(KeyLength);
        _rotatedAt = now;
    }

    private static byte[] Compute(byte[] key, IPAddress address) =>
        HMACSHA256.HashData(key, address.GetAddressBytes())[..Length];
}
