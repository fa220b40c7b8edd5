using System.Security.Cryptography;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Doctor;

/// <summary>The relay's keys as they lie on disk, or where the operator keeps them. Nothing is made where one is missing.</summary>
internal sealed class KeysOnDisk : IDisposable
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly KeyPlaces _elsewhere;
    private readonly List<string> _missing = [];
    private readonly List<string> _damaged = [];
    private readonly List<string> _open = [];

    private KeysOnDisk(KeyPlaces elsewhere) => _elsewhere = elsewhere;

    public RelayIdentity? Identity { get; private set; }

    public Secp256k1Key? Payee { get; private set; }

    /// <summary>SHA-256 of the public key that the relay's certificate has.</summary>
    public Bytes32? TlsPin { get; private set; }

    public IReadOnlyList<string> Missing => _missing;

    /// <summary>With the reason.</summary>
    public IReadOnlyList<string> Damaged => _damaged;

    /// <summary>Others than the owner may read or write them.</summary>
    public IReadOnlyList<string> Open => _open;

    public static KeysOnDisk Read(RelayOptions options)
    {
        var (keys, directory) = (new KeysOnDisk(KeyPlaces.Of(options)), options.StateDirectory);
        keys.Identity = keys.Load(directory, RelayKeys.IdentityKeyFile, static bytes => RelayIdentity.FromSeed(bytes));
        keys.Payee = keys.Load(directory, RelayKeys.PayeeKeyFile, static bytes => Secp256k1Key.FromBytes(bytes));
        keys.Load(directory, RelayKeys.PathKeyFile, static bytes => new Bytes32(bytes).ToString());
        keys.TlsPin = keys.Load(directory, TlsIdentity.KeyFile, Pin);
        return keys;
    }

    public void Dispose()
    {
        Identity?.Dispose();
        Payee?.Dispose();
    }

    private static Bytes32? Pin(byte[] pkcs8)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return new Bytes32(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    private T? Load<T>(string directory, string name, Func<byte[], T?> read)
    {
        var path = Path.Combine(directory, name);
        try
        {
            var bytes = _elsewhere.TryRead(name);
            if (bytes is null && !File.Exists(path))
            {
                _missing.Add(path);
                return default;
            }

            if (bytes is null && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                _open.Add(path);
            }

            bytes ??= File.ReadAllBytes(path);
            try
            {
                return read(bytes);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(bytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException or RelayConfigurationException)
        {
            _damaged.Add($"{path} ({e.Message})");
            return default;
        }
    }
}
