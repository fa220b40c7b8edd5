using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using BttProxy.Protocol.Channels;

namespace BttProxy.Relay.Backup;

/// <summary>
/// Seals pages: version, random nonce, AES-256-GCM over the plain page, tag. All sealed pages have one length, so that neither amounts
/// nor the number of channels show. The page's number is authenticated: a page cannot be put in the place of another.
/// </summary>
internal sealed class PageSeal : IDisposable
{
    public const int Overhead = 1 + NonceLength + TagLength;

    /// <summary>The payload of a BEP 44 item: 1000 bytes without the bencoded length ("996:").</summary>
    public const int Length = PageCodec.Length + Overhead;

    private const byte Version = 1;

    // NIST SP 800-38D: random nonces of 96 bits are safe for 2^32 messages of one key. A full backup every second would take ten years.
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly AesGcm _cipher;
    private readonly ChannelDomain _domain;

    /// <param name="key">32 bytes; the caller wipes them.</param>
    /// <param name="domain">The contract whose channels are backed up.</param>
    public PageSeal(ReadOnlySpan<byte> key, ChannelDomain domain)
    {
        _cipher = new AesGcm(key, TagLength);
        _domain = domain;
    }

    public byte[] Seal(BackupPage page)
    {
        var plain = new byte[PageCodec.Length];
        PageCodec.Write(page.Entries, plain);
        var sealedPage = new byte[Length];
        sealedPage[0] = Version;
        RandomNumberGenerator.Fill(sealedPage.AsSpan(1, NonceLength));
        _cipher.Encrypt(
            sealedPage.AsSpan(1, NonceLength), plain, sealedPage.AsSpan(1 + NonceLength, PageCodec.Length), sealedPage.AsSpan(^TagLength..),
            Associated(page.Number));
        return sealedPage;
    }

    /// <summary>Null when it is not a page of this key, number and version.</summary>
    public BackupPage? TryOpen(int number, ReadOnlySpan<byte> sealedPage)
    {
        if (sealedPage.Length != Length || sealedPage[0] != Version)
        {
            return null;
        }

        var plain = new byte[PageCodec.Length];
        try
        {
            _cipher.Decrypt(
                sealedPage.Slice(1, NonceLength), sealedPage.Slice(1 + NonceLength, PageCodec.Length), sealedPage[^TagLength..], plain,
                Associated(number));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return PageCodec.TryRead(plain, _domain, out ImmutableArray<BackupEntry> entries) ? new BackupPage(number, entries) : null;
    }

    public void Dispose() => _cipher.Dispose();

    private static byte[] Associated(int number)
    {
        var associated = new byte[1 + sizeof(int)];
        associated[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(associated.AsSpan(1), number);
        return associated;
    }
}
