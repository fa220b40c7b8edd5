using System.Security.Cryptography;
using System.Text;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Wallets;

/// <summary>The user's key: owns the deposit, signs channel openings, and yields the session keys that sign vouchers.</summary>
public sealed class Wallet(Secp256k1Key key) : IDisposable
{
    private static readonly byte[] SessionLabel = Encoding.ASCII.GetBytes("bttproxy-session-key/1|");

    public Secp256k1Key Key { get; } = key;

    public TronAddress Address => Key.Address;

    /// <summary>
    /// The key that signs a channel's vouchers: HMAC-SHA256(wallet key, label, salt), so the wallet alone recovers every channel
    /// and a leaked session key says nothing about the wallet.
    /// </summary>
    public Secp256k1Key DeriveSessionKey(Bytes32 salt)
    {
        var walletKey = Key.Export();
        Span<byte> derived = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> message = stackalloc byte[SessionLabel.Length + Bytes32.Length];
        SessionLabel.CopyTo(message);
        salt.CopyTo(message[SessionLabel.Length..]);
        try
        {
            // Not a private key (zero, or not below the group order) once in 2^128: then this salt is unusable, and says so.
            HMACSHA256.HashData(walletKey, message, derived);
            return Secp256k1Key.FromBytes(derived);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(walletKey);
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>The address only.</summary>
    public override string ToString() => Address.ToString();

    public void Dispose() => Key.Dispose();
}
