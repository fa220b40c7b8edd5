namespace BttProxy.BitTorrent.Transport.Encryption;

/// <summary>What the bytes after the handshake may go by: the bits of crypto_provide and crypto_select.</summary>
[Flags]
internal enum CryptoMethods : uint
{
    None = 0,
    Plaintext = 1,
    Rc4 = 2,
}
