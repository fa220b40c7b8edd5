using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;

namespace BttProxy.Relay.Backup.Archive;

/// <summary>
/// The head of an archive, and the key that a passphrase gives with it: scrypt (RFC 7914), 128 MiB of memory for each guess. The head says what
/// it cost, so that later archives may cost more.
/// </summary>
internal sealed record ArchiveKey
{
    /// <summary>Magic, cost, salt, nonce's beginning.</summary>
    public const int HeadLength = 8 + 3 + SaltLength + PrefixLength;

    /// <summary>The nonce's beginning, random for each archive; a counter follows.</summary>
    public const int PrefixLength = 7;

    private const int SaltLength = 16;
    private const int KeyLength = 32;
    private const int LogN = 17;
    private const int R = 8;
    private const int P = 1;

    // An archive from elsewhere may ask for any cost; above this it is refused instead of swapping.
    private const long MaxMemory = 1L << 30;

    private static ReadOnlySpan<byte> Magic => "BTTPARC1"u8;

    private ArchiveKey(byte[] head, byte[] key) => (Head, Key) = (head, key);

    public byte[] Head { get; }

    public byte[] Key { get; }

    public ReadOnlySpan<byte> NoncePrefix => Head.AsSpan(^PrefixLength..);

    public static ArchiveKey Create(string passphrase)
    {
        var head = new byte[HeadLength];
        Magic.CopyTo(head);
        (head[8], head[9], head[10]) = (LogN, R, P);
        RandomNumberGenerator.Fill(head.AsSpan(11));
        return Derive(head, passphrase);
    }

    /// <exception cref="BackupException">It is no archive, or one of a newer program.</exception>
    public static ArchiveKey Read(byte[] head, string passphrase) =>
        head.Length != HeadLength || !head.AsSpan(0, 7).SequenceEqual(Magic[..7]) ? throw new BackupException("This is no backup made by 'bttproxy-relay backup create'.")
        : head[7] != Magic[7] ? throw new BackupException("A newer program made this backup: update this one.")
        : head[8] is < 10 or > 24 || head[9] is 0 or > 32 || head[10] is 0 or > 16 || (128L * head[9]) << head[8] > MaxMemory
            ? throw new BackupException("The backup's head is damaged.")
            : Derive(head, passphrase);

    /// <summary>The nonce of a part: its place, and whether it ends the archive, so that none can be moved, dropped or cut off (the STREAM construction).</summary>
    public byte[] Nonce(uint part, bool isLast)
    {
        var nonce = new byte[12];
        NoncePrefix.CopyTo(nonce);
        BinaryPrimitives.WriteUInt32BigEndian(nonce.AsSpan(PrefixLength), part);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
        return nonce;
    }

    private static ArchiveKey Derive(byte[] head, string passphrase) => new(
        head, SCrypt.Generate(Encoding.UTF8.GetBytes(passphrase.Normalize()), head[11..(11 + SaltLength)], 1 << head[8], head[9], head[10], KeyLength));
}
