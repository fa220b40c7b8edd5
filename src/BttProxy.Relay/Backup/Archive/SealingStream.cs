using System.Security.Cryptography;

namespace BttProxy.Relay.Backup.Archive;

/// <summary>Writes an archive's content in parts of 64 KiB, each sealed with AES-256-GCM. Disposing it writes the last part.</summary>
internal sealed class SealingStream(Stream output, ArchiveKey key) : OneWayStream
{
    public const int PartLength = 64 * 1024;
    public const int TagLength = 16;

    private readonly AesGcm _cipher = new(key.Key, TagLength);
    private readonly byte[] _part = new byte[PartLength];
    private readonly byte[] _sealed = new byte[PartLength + TagLength];
    private int _filled;
    private uint _number;
    private bool _isDisposed;

    public override bool CanWrite => true;

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            // A full part waits until it is known not to be the last.
            if (_filled == PartLength)
            {
                Seal(isLast: false);
            }

            var take = Math.Min(buffer.Length, PartLength - _filled);
            buffer[..take].CopyTo(_part.AsSpan(_filled));
            _filled += take;
            buffer = buffer[take..];
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            Seal(isLast: true);
            CryptographicOperations.ZeroMemory(_part);
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Seal(bool isLast)
    {
        _cipher.Encrypt(key.Nonce(_number, isLast), _part.AsSpan(0, _filled), _sealed.AsSpan(0, _filled), _sealed.AsSpan(_filled, TagLength), key.Head);
        output.Write(_sealed, 0, _filled + TagLength);
        _filled = 0;
        _number = checked(_number + 1);
    }
}
