using NSec.Cryptography;

namespace BttProxy.Protocol.Keys;

/// <summary>A relay's Ed25519 key pair, which signs its record.</summary>
public sealed class RelayIdentity : IDisposable
{
    public const int SeedLength = 32;
    public const int SignatureLength = 64;

    private readonly Key _key;

    private RelayIdentity(Key key)
    {
        _key = key;
        Id = new RelayId(new Bytes32(key.PublicKey.Export(KeyBlobFormat.RawPublicKey)));
    }

    public RelayId Id { get; }

    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    public static RelayIdentity Generate() => new(Key.Create(SignatureAlgorithm.Ed25519, Exportable));

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static RelayIdentity FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedLength)
        {
            throw new ArgumentException($"A relay identity's seed is {SeedLength} bytes, not {seed.Length}.", nameof(seed));
        }

        return new RelayIdentity(Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey, Exportable));
    }

    /// <summary>Checks an Ed25519 signature by the given relay.</summary>
    public static bool Verify(RelayId id, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureLength
        && PublicKey.TryImport(SignatureAlgorithm.Ed25519, id.Value.Span, KeyBlobFormat.RawPublicKey, out var key)
        && SignatureAlgorithm.Ed25519.Verify(key!, data, signature);

    /// <summary>The 32 bytes to keep in the identity file. The caller wipes the copy.</summary>
    public byte[] ExportSeed() => _key.Export(KeyBlobFormat.RawPrivateKey);

    public byte[] Sign(ReadOnlySpan<byte> data) => SignatureAlgorithm.Ed25519.Sign(_key, data);

    public void Dispose() => _key.Dispose();

    /// <summary>The relay id only.</summary>
    public override string ToString() => Id.ToString();
}
