using System.Buffers.Binary;
using BttProxy.BitTorrent.Metainfo;
using Microsoft.Win32.SafeHandles;

namespace BttProxy.BitTorrent.Storage;

/// <summary>
/// The sidecar that remembers which pieces are on disk: a header, the bitfield, whose bytes are rewritten in place after each piece, and in
/// a cache when each piece was last used. What a killed process wrote is still there; after a power cut nothing that was not closed
/// properly is believed. The open file is locked, so one process at a time owns a torrent's content.
/// </summary>
internal sealed class PieceStateFile : IDisposable
{
    /// <summary>Where the byte lies that is 1 when the file was closed and 0 while it is in use.</summary>
    internal const int CleanOffset = 64;

    private const int HeaderLength = 72;
    private const int InfoHashOffset = 16;
    private const int BootOffset = 36;
    private const int BootLength = 16;
    private const int PieceLengthOffset = 52;
    private const int LengthOffset = 56;
    private const int PinnedOffset = 65;
    private const int StampLength = sizeof(uint);
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    // After a crash the last data may be a little younger than the state beside it; later changes were made by somebody else.
    private static readonly TimeSpan CrashTolerance = TimeSpan.FromSeconds(5);

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private PieceStateFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    private static ReadOnlySpan<byte> Magic => "bttproxy-have-2\n"u8;

    /// <summary>The pieces as last saved, or null when there was no state of this torrent.</summary>
    public Bitfield? Saved { get; private set; }

    /// <summary>Of the saved state.</summary>
    public SegmentLayout Layout { get; private set; }

    /// <summary>Seconds since 1970 when each piece was last used, 0 when that was not noted; empty when nothing was.</summary>
    public uint[] Stamps { get; private set; } = [];

    /// <summary>The torrent is kept whatever else wants its place.</summary>
    public bool IsPinned { get; private set; }

    /// <summary>False when the process that wrote it was killed.</summary>
    public bool WasClean { get; private set; }

    /// <summary>Content written after this was written by somebody else.</summary>
    public DateTime TrustedUntilUtc { get; private set; }

    /// <summary>True when the machine may have lost what was written last.</summary>
    public bool LostPower { get; private set; }

    /// <exception cref="TorrentStorageException">The file cannot be used, or another program has it.</exception>
    public static PieceStateFile Open(string path, TorrentInfo info)
    {
        var file = Open(path, FileMode.OpenOrCreate, info.InfoHash);
        if (file.Saved?.Length != info.PieceCount || file.Layout.Length != info.Length)
        {
            file.Saved = null;
        }
        return file;
    }

    /// <summary>The state of a torrent of which nothing else is known; null when there is none, or it is damaged.</summary>
    /// <exception cref="TorrentStorageException">The file cannot be used, or another program has it.</exception>
    public static PieceStateFile? OpenExisting(string path, InfoHash infoHash)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        var file = Open(path, FileMode.Open, infoHash);
        if (file.Saved is not null)
        {
            return file;
        }
        file.Dispose();
        return null;
    }

    /// <summary>Writes the whole state and marks it as in use.</summary>
    public void Begin(TorrentInfo info, Bitfield have)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        Magic.CopyTo(header);
        info.InfoHash.Span.CopyTo(header[InfoHashOffset..]);
        ReadBootId(header.Slice(BootOffset, BootLength));
        BinaryPrimitives.WriteInt32LittleEndian(header[PieceLengthOffset..], info.PieceLength);
        BinaryPrimitives.WriteInt64LittleEndian(header[LengthOffset..], info.Length);
        header[PinnedOffset] = (byte)(IsPinned ? 1 : 0);
        Write(header, 0);
        Write(have.Bytes, HeaderLength);
    }

    /// <summary>Writes the byte that holds the piece's bit.</summary>
    public void Update(Bitfield have, int index) => Update(have, new PieceRange(index, 1));

    /// <summary>Writes the bytes that hold the pieces' bits.</summary>
    public void Update(Bitfield have, PieceRange pieces)
    {
        var first = pieces.First >> 3;
        Write(have.Bytes[first..(((pieces.End - 1) >> 3) + 1)], HeaderLength + first);
    }

    public void UpdateStamp(int index, int pieceCount, uint seconds)
    {
        Span<byte> stamp = stackalloc byte[StampLength];
        BinaryPrimitives.WriteUInt32LittleEndian(stamp, seconds);
        Write(stamp, StampsOffset(pieceCount) + ((long)index * StampLength));
        if (Stamps.Length != pieceCount)
        {
            Stamps = new uint[pieceCount];
        }
        Stamps[index] = seconds;
    }

    public void UpdatePinned(bool pinned)
    {
        IsPinned = pinned;
        Write([(byte)(pinned ? 1 : 0)], PinnedOffset);
    }

    /// <summary>
    /// Marks the state as in use, now: content that is written next is then no younger than a crash would explain.
    /// </summary>
    public void Touch() => Write([0], CleanOffset);

    /// <summary>
    /// Ends the use, after which the files' times tell whether somebody changed them. The content must have reached the disk before: the
    /// state is believed after a power cut.
    /// </summary>
    public void Close()
    {
        try
        {
            Write([1], CleanOffset);
            RandomAccess.FlushToDisk(_handle);
        }
        catch (Exception exception) when (exception is TorrentStorageException || StorageErrors.IsStorageError(exception))
        {
            // Then the next start treats this as a crash and looks closer.
        }
        Dispose();
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>Bytes that the file of a torrent takes at most.</summary>
    public static long MaxLength(int pieceCount) => StampsOffset(pieceCount) + ((long)pieceCount * StampLength);

    private static long StampsOffset(int pieceCount) => HeaderLength + Bitfield.ByteCount(pieceCount);

    private static PieceStateFile Open(string path, FileMode mode, InfoHash infoHash)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var savedUtc = File.GetLastWriteTimeUtc(path);
            var file = new PieceStateFile(File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.None), path);
            file.Load(infoHash, savedUtc);
            return file;
        }
        catch (Exception exception) when (StorageErrors.IsStorageError(exception))
        {
            throw StorageErrors.Translate(exception, path);
        }
    }

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

    private void Load(InfoHash infoHash, DateTime savedUtc)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        if (RandomAccess.Read(_handle, header, 0) < HeaderLength
            || !header.StartsWith(Magic)
            || !header.Slice(InfoHashOffset, InfoHash.Length).SequenceEqual(infoHash.Span))
        {
            return;
        }
        Layout = new SegmentLayout(
            BinaryPrimitives.ReadInt32LittleEndian(header[PieceLengthOffset..]), BinaryPrimitives.ReadInt64LittleEndian(header[LengthOffset..]));
        if (!Layout.IsValid)
        {
            return;
        }
        var bits = new byte[Bitfield.ByteCount(Layout.PieceCount)];
        if (RandomAccess.Read(_handle, bits, HeaderLength) < bits.Length || !Bitfield.TryParse(bits, Layout.PieceCount, out var saved))
        {
            return;
        }
        Span<byte> boot = stackalloc byte[BootLength];
        boot.Clear();
        ReadBootId(boot);
        Saved = saved;
        IsPinned = header[PinnedOffset] == 1;
        WasClean = header[CleanOffset] == 1;
        TrustedUntilUtc = WasClean ? savedUtc : savedUtc + CrashTolerance;
        LostPower = !WasClean && (boot.IndexOfAnyExcept((byte)0) < 0 || !header.Slice(BootOffset, BootLength).SequenceEqual(boot));
        Stamps = LoadStamps();
    }

    private uint[] LoadStamps()
    {
        var bytes = new byte[Layout.PieceCount * StampLength];
        // A file without them, or with some, is shorter: then they are zeros.
        for (int filled = 0, read; filled < bytes.Length; filled += read)
        {
            read = RandomAccess.Read(_handle, bytes.AsSpan(filled), StampsOffset(Layout.PieceCount) + filled);
            if (read == 0)
            {
                break;
            }
        }
        var stamps = new uint[Layout.PieceCount];
        for (var i = 0; i < stamps.Length; i++)
        {
            stamps[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * StampLength));
        }
        return stamps;
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
