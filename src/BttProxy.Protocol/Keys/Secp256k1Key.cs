using System.Security.Cryptography;

namespace BttProxy.Protocol.Keys;

/// <summary>A secp256k1 private key: a wallet, a session key or a payee's authoriser. Safe for concurrent signing.</summary>
public sealed class Secp256k1Key : IDisposable
{
    private readonly byte[] _privateKey;

    private Secp256k1Key(ReadOnlySpan<byte> privateKey)
    {
        // Pinned, so that the collector leaves no copies behind to wipe.
        _privateKey = GC.AllocateArray<byte>(32, pinned: true);
        privateKey.CopyTo(_privateKey);
        Span<byte> publicKey = stackalloc byte[64];
        Secp256k1.PublicKey(_privateKey, publicKey);
        Address = TronAddress.FromPublicKey(publicKey);
    }

    public TronAddress Address { get; }

    public static Secp256k1Key Generate()
    {
        Span<byte> bytes = stackalloc byte[32];
        do
        {
            RandomNumberGenerator.Fill(bytes);
        }
        while (!Secp256k1.IsScalar(bytes));

        var key = new Secp256k1Key(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <exception cref="ArgumentException">Not 32 bytes, or not in [1, n-1].</exception>
    public static Secp256k1Key FromBytes(ReadOnlySpan<byte> privateKey) =>
        Secp256k1.IsScalar(privateKey)
            ? new Secp256k1Key(privateKey)
            : throw new ArgumentException("A private key is 32 bytes between 1 and the group order.", nameof(privateKey));

    /// <summary>Signs 32 bytes: RFC 6979, low s, v 27 or 28.</summary>
    public RecoverableSignature Sign(Bytes32 digest) => Sign(Secp256k1.Backend, digest);

    internal RecoverableSignature Sign(Secp256k1Backend backend, Bytes32 digest)
    {
        Span<byte> signature = stackalloc byte[RecoverableSignature.Length];
        ObjectDisposedException.ThrowIf(_privateKey[0] == 0 && !Secp256k1.IsScalar(_privateKey), this);
        Secp256k1.Sign(backend, _privateKey, digest, signature);
        return new RecoverableSignature(signature);
    }

    /// <summary>A copy of the 32 bytes, for an encrypted file. The caller wipes it.</summary>
    public byte[] Export() => _privateKey.AsSpan().ToArray();

    public void Dispose() => CryptographicOperations.ZeroMemory(_privateKey);

    /// <summary>The address only.</summary>
    public override string ToString() => Address.ToString();
}
