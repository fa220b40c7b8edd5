using BttProxy.BitTorrent.Metainfo;
using Microsoft.Win32.SafeHandles;

namespace BttProxy.BitTorrent.Storage;

/// <summary>
/// The sidecar that remembers which pieces are on disk: a header and the bitfield, whose bytes are rewritten in place after each
/// piece. What a killed process wrote is still there; after a power cut nothing that was not closed properly is believed.
/// The open file is locked, so one process at a time owns a torrent's content.
/// </summary>
internal sealed class PieceStateFile : IDisposable
{
    private const int HeaderLength = 64;
    private const int InfoHashOffset = 16;
    private const int BootOffset = 36;
    private const int CleanOffset = 63;
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    private readonly SafeFileHandle _handle;

    private readonly string _path;

    private PieceStateFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    private static ReadOnlySpan<byte> Magic => "bttproxy-have-1\n"u8;

    /// <summary>The pieces as last saved, or null when there was no state of this torrent.</summary>
    public Bitfield? Saved { get; private set; }

    /// <summary>When the state was last written.</summary>
    public DateTime SavedUtc { get; private set; }

    /// <summary>False when the process that wrote it was killed.</summary>
    public bool WasClean { get; private set; }

    /// <summary>True when the machine was restarted since it was written, as far as can be known.</summary>
    public bool WasOtherBoot { get; private set; }

    /// <exception cref="TorrentStorageException">The file cannot be used, or another program has it.</exception>
    public static PieceStateFile Open(string path, TorrentInfo info)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var savedUtc = File.GetLastWriteTimeUtc(path);
            var file = new PieceStateFile(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), path);
            file.Load(info, savedUtc);
            return file;
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, path);
        }
    }

    /// <summary>Writes the whole state and marks it as in use.</summary>
    public void Begin(TorrentInfo info, Bitfield have)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        Magic.CopyTo(header);
        info.InfoHash.Span.CopyTo(header[InfoHashOffset..]);
        ReadBootId(header[BootOffset..CleanOffset]);
        Write(header, 0);
        Write(have.Bytes, HeaderLength);
    }

    /// <summary>Writes the byte that holds the piece's bit.</summary>
    public void Update(Bitfield have, int index) =>
        Write(have.Bytes.Slice(index >> 3, 1), HeaderLength + (index >> 3));

    /// <summary>Ends the use, after which the files' times tell whether somebody changed them.</summary>
    public void Close()
    {
        try
        {
            Write([1], CleanOffset);
        }
        catch (TorrentStorageException)
        {
            // Then the next start treats this as a crash and looks closer.
        }
        Dispose();
    }

    public void Dispose() => _handle.Dispose();

    private void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, offset);
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, _path);
        }
    }

    private void Load(TorrentInfo info, DateTime savedUtc)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        var bits = new byte[Bitfield.ByteCount(info.PieceCount)];
        if (RandomAccess.Read(_handle, header, 0) < HeaderLength
            || !header.StartsWith(Magic)
            || !header.Slice(InfoHashOffset, InfoHash.Length).SequenceEqual(info.InfoHash.Span)
            || RandomAccess.Read(_handle, bits, HeaderLength) < bits.Length
            || !Bitfield.TryParse(bits, info.PieceCount, out var saved))
        {
            return;
        }
        Span<byte> boot = stackalloc byte[CleanOffset - BootOffset];
        boot.Clear();
        ReadBootId(boot);
        Saved = saved;
        SavedUtc = savedUtc;
        WasClean = header[CleanOffset] == 1;
        WasOtherBoot = boot.IndexOfAnyExcept((byte)0) < 0 || !header[BootOffset..CleanOffset].SequenceEqual(boot);
    }

    /// <summary>Changes with each start of the machine; left at zeros where the system does not tell.</summary>
    private static void ReadBootId(Span<byte> destination)
    {
        if (File.Exists(BootIdPath))
        {
            var id = File.ReadAllText(BootIdPath).Trim();
            if (Guid.TryParse(id, out var boot))
            {
                boot.TryWriteBytes(destination);
            }
        }
    }
}
