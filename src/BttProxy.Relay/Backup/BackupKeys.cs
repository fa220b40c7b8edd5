using System.Security.Cryptography;
using System.Text;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Relay.Backup;

/// <summary>
/// Everything that a backup needs besides the vouchers comes from the relay's <c>payee-key</c>, so that this one file is enough on a new
/// machine. Each use and each contract has a key of its own (HKDF-SHA256, RFC 5869); none of them tells who the relay is.
/// </summary>
internal sealed class BackupKeys : IDisposable
{
    private const string Label = "bttproxy-backup/1";
    private const int KeyLength = 32;
    private const int NameLength = 8;

    private BackupKeys(PageSeal seal, RelayIdentity dht, string fileName)
    {
        Seal = seal;
        Dht = dht;
        FileName = fileName;
    }

    public PageSeal Seal { get; }

    /// <summary>Signs the pages in the DHT; has nothing to do with the relay's id.</summary>
    public RelayIdentity Dht { get; }

    /// <summary>What the names of this relay's files begin with: several relays may share a directory.</summary>
    public string FileName { get; }

    public static BackupKeys Derive(Secp256k1Key authorizer, ChannelDomain domain)
    {
        var secret = authorizer.Export();
        var (sealing, signing) = (Derive(secret, domain, "seal", KeyLength), Derive(secret, domain, "dht", KeyLength));
        try
        {
            var name = Convert.ToHexStringLower(Derive(secret, domain, "file name", NameLength));
            return new BackupKeys(new PageSeal(sealing, domain), RelayIdentity.FromSeed(signing), name);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(sealing);
            CryptographicOperations.ZeroMemory(signing);
        }
    }

    public void Dispose()
    {
        Seal.Dispose();
        Dht.Dispose();
    }

    private static byte[] Derive(byte[] secret, ChannelDomain domain, string use, int length) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, secret, length, salt: null, Encoding.ASCII.GetBytes($"{Label}|{use}|{domain.ChainId}|{domain.Contract}"));
}
