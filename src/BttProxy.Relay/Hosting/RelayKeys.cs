using System.Security.Cryptography;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Hosting;

/// <summary>The relay's own secrets, made at the first start and kept in the state directory.</summary>
internal sealed class RelayKeys : IDisposable
{
    /// <summary>The money: whoever has it has what the relay earns.</summary>
    public const string PayeeKeyFile = "payee-key";

    public const string IdentityKeyFile = "relay-key";

    public const string PathKeyFile = "path-key";

    private RelayKeys(RelayIdentity identity, Secp256k1Key authorizer, Bytes32 pathKey)
    {
        Identity = identity;
        Authorizer = authorizer;
        PathKey = pathKey;
    }

    /// <summary>Signs the record.</summary>
    public RelayIdentity Identity { get; }

    /// <summary>Binds the payee to the record and signs cooperative closes.</summary>
    public Secp256k1Key Authorizer { get; }

    /// <summary>Key of the path tokens; published in the record.</summary>
    public Bytes32 PathKey { get; }

    /// <summary>For processes of one relay that may start for the first time together: one makes the keys, the others have the same.</summary>
    /// <exception cref="RelayConfigurationException">A key file is damaged, or another process holds the directory.</exception>
    public static async Task<RelayKeys> LoadOrCreateAsync(StateDirectory state, TimeProvider time, CancellationToken cancellationToken)
    {
        using var turn = await state.TakeTurnAsync(time, cancellationToken);
        return LoadOrCreate(state);
    }

    /// <exception cref="RelayConfigurationException">A key file is damaged.</exception>
    public static RelayKeys LoadOrCreate(StateDirectory state)
    {
        var identity = Load(state, IdentityKeyFile, RelayIdentity.Generate, k => k.ExportSeed(), seed => RelayIdentity.FromSeed(seed));
        var authorizer = Load(state, PayeeKeyFile, Secp256k1Key.Generate, k => k.Export(), key => Secp256k1Key.FromBytes(key));
        var pathKey = Load(
            state, PathKeyFile, () => new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length)), k => k.ToArray(), key => new Bytes32(key));
        return new RelayKeys(identity, authorizer, pathKey);
    }

    /// <summary>The authoriser alone, for work that must not begin with a new one.</summary>
    /// <exception cref="RelayConfigurationException">The file is missing or damaged.</exception>
    public static Secp256k1Key LoadAuthorizer(StateDirectory state) =>
        Load(state, PayeeKeyFile, () => throw new RelayConfigurationException(
            $"There is no '{state.PathOf(PayeeKeyFile)}': put the one that was kept elsewhere there first."), k => k.Export(), key => Secp256k1Key.FromBytes(key));

    /// <summary>Who is paid: whom the operator names, else the authoriser.</summary>
    public TronAddress PayeeOf(OfferOptions offer) => offer.Payee is { } named ? TronAddress.Parse(named) : Authorizer.Address;

    public void Dispose()
    {
        Identity.Dispose();
        Authorizer.Dispose();
    }

    private static T Load<T>(StateDirectory state, string name, Func<T> generate, Func<T, byte[]> export, Func<byte[], T> import)
    {
        if (state.TryReadSecret(name) is not { } stored)
        {
            var made = generate();
            stored = export(made);
            state.WriteSecret(name, stored);
            CryptographicOperations.ZeroMemory(stored);
            return made;
        }

        try
        {
            return import(stored);
        }
        catch (ArgumentException e)
        {
            throw new RelayConfigurationException(
                $"The key file '{state.PathOf(name)}' is damaged: restore it from a backup, or move it away to start with a new key.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(stored);
        }
    }
}
