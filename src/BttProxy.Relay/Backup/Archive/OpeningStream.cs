using System.Security.Cryptography;

namespace BttProxy.Relay.Backup.Archive;

/// <summary>Reads what <see cref="SealingStream"/> wrote. Nothing that was changed, moved or cut off is ever returned.</summary>
internal sealed class OpeningStream(Stream input, ArchiveKey key) : OneWayStream
{
    private const int SealedLength = SealingStream.PartLength + SealingStream.TagLength;

    private readonly AesGcm _cipher = new(key.Key, SealingStream.TagLength);
    private readonly byte[] _part = new byte[SealingStream.PartLength];
    private readonly byte[] _sealed = new byte[SealedLength];
    private int _start;
    private int _end;
    private uint _number;
    private bool _isOver;

    public override bool CanRead => true;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="BackupException">The passphrase is another one, or the archive was changed.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_start == _end && !_isOver)
        {
            Open();
        }

        var taken = Math.Min(buffer.Length, _end - _start);
        _part.AsSpan(_start, taken).CopyTo(buffer);
        _start += taken;
        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(_part);
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Open()
    {
        var length = input.ReadAtLeast(_sealed, SealedLength, throwOnEndOfStream: false) - SealingStream.TagLength;
        // A part is the last one when nothing follows it, which its nonce must confirm.
        _isOver = length < SealingStream.PartLength || input.Position == input.Length;
        try
        {
            if (length < 0)
            {
                throw new AuthenticationTagMismatchException();
            }

            _cipher.Decrypt(
                key.Nonce(_number, _isOver), _sealed.AsSpan(0, length), _sealed.AsSpan(length, SealingStream.TagLength), _part.AsSpan(0, length), key.Head);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new BackupException(
                _number == 0 ? "The passphrase is another one, or the backup is damaged." : "The backup is damaged: it was cut off or changed.", e);
        }

        (_start, _end, _number) = (0, length, checked(_number + 1));
    }
}
