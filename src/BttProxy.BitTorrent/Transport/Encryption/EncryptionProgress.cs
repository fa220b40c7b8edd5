namespace BttProxy.BitTorrent.Transport.Encryption;

internal enum EncryptionProgress
{
    WantsMore,
    Complete,
    /// <summary>The other side speaks something else, or nothing that we accept.</summary>
    Refused,
}
