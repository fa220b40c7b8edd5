namespace BttProxy.BitTorrent.Transport.Encryption;

/// <summary>How peer connections are hidden from those who watch the wire (message stream encryption).</summary>
public enum EncryptionPolicy
{
    /// <summary>
    /// We dial with an encrypted handshake first and in clear when that fails; both are taken in. What follows the handshake is in clear when
    /// the other side agrees: RC4 nearly doubles the processor time that a byte costs.
    /// </summary>
    Prefer = 0,
    /// <summary>RC4 for every byte, dialled and taken in; who cannot is no peer.</summary>
    Require = 1,
    /// <summary>We dial in clear; who comes encrypted is refused.</summary>
    Off = 2,
}
