using System.Buffers;
using System.Text;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>
/// The one mapping from a torrent's names to names on a disk. What can only be an attack is refused; what some file system
/// cannot hold is mapped, so that a torrent gets the same names on every platform.
/// </summary>
internal static class SafePath
{
    private const int MaxNameBytes = 240;
    private const int MaxExtensionChars = 16;

    // Characters that Windows refuses in names; ':' would open an alternate stream.
    private static readonly SearchValues<char> Unportable = SearchValues.Create("\\:*?\"<>|\u007f");

    private static readonly HashSet<string> ReservedNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
    };

    /// <summary>Maps one path element; invalid UTF-8 becomes U+FFFD.</summary>
    /// <exception cref="InvalidTorrentException">The element is empty, ".", "..", or holds "/" or NUL.</exception>
    public static string MapName(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || utf8.SequenceEqual("."u8) || utf8.SequenceEqual(".."u8) || utf8.IndexOfAny((byte)'/', (byte)0) >= 0)
        {
            throw new InvalidTorrentException(
                TorrentProblem.UnsafePath, "The torrent has a file name that points outside its own folder; it is not safe to open.");
        }
        var name = new StringBuilder(Encoding.UTF8.GetString(utf8));
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] < ' ' || Unportable.Contains(name[i]))
            {
                name[i] = '_';
            }
        }
        // Windows drops trailing dots and spaces, which would turn ".. " into "..".
        for (var i = name.Length - 1; i >= 0 && name[i] is '.' or ' '; i--)
        {
            name[i] = '_';
        }
        var mapped = Shorten(name.ToString());
        return IsReserved(mapped) ? "_" + mapped : mapped;
    }

    private static bool IsReserved(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return ReservedNames.Contains((dot < 0 ? name : name[..dot]).TrimEnd(' '));
    }

    /// <summary>Cuts to what file systems hold in one name, keeping the extension.</summary>
    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MaxNameBytes)
        {
            return name;
        }
        var extension = System.IO.Path.GetExtension(name);
        if (extension.Length > MaxExtensionChars)
        {
            extension = "";
        }
        var room = MaxNameBytes - Encoding.UTF8.GetByteCount(extension);
        var kept = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            if ((room -= rune.Utf8SequenceLength) < 0)
            {
                break;
            }
            kept += rune.Utf16SequenceLength;
        }
        return name[..kept] + extension;
    }
}
