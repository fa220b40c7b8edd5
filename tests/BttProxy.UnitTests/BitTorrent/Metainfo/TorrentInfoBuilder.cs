using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.UnitTests.BitTorrent.Metainfo;

/// <summary>Writes info dictionaries, right ones and wrong ones.</summary>
internal sealed class TorrentInfoBuilder
{
    private readonly List<(byte[][] Path, long? Length, string? Attributes)> _files = [];
    private byte[]? _pieces;

    public byte[] Name { get; init; } = "content"u8.ToArray();

    public long PieceLength { get; init; } = 16 * 1024;

    public long? SingleLength { get; init; }

    public byte[] Content { get; init; } = [];

    /// <summary>The bencoded "file tree" of v2.</summary>
    public string? FileTree { get; init; }

    public bool IsPrivate { get; init; }

    /// <summary>The bencoded "meta version".</summary>
    public string? Version { get; init; }

    public TorrentInfoBuilder AddFile(string path, long? length, string? attributes = null) =>
        AddFile([.. path.Split('/').Select(Encoding.UTF8.GetBytes)], length, attributes);

    public TorrentInfoBuilder AddFile(byte[][] path, long? length, string? attributes = null)
    {
        _files.Add((path, length, attributes));
        return this;
    }

    /// <summary>No pieces at all make a torrent of v2 alone.</summary>
    public TorrentInfoBuilder WithPieces(byte[] pieces)
    {
        _pieces = pieces;
        return this;
    }

    public TorrentInfo Parse() => TorrentInfo.Parse(Build());

    public byte[] Build()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        if (FileTree is not null)
        {
            writer.WriteRawEntry("file tree"u8, Encoding.Latin1.GetBytes(FileTree));
        }
        if (_files.Count > 0)
        {
            WriteFiles(writer);
        }
        if (SingleLength is { } length)
        {
            writer.WriteEntry("length"u8, length);
        }
        if (Version is not null)
        {
            writer.WriteRawEntry("meta version"u8, Encoding.Latin1.GetBytes(Version));
        }
        writer.WriteEntry("name"u8, Name);
        writer.WriteEntry("piece length"u8, PieceLength);
        if (_pieces is not [])
        {
            writer.WriteEntry("pieces"u8, _pieces ?? HashPieces());
        }
        if (IsPrivate)
        {
            writer.WriteEntry("private"u8, 1);
        }
        writer.End();
        return output.WrittenSpan.ToArray();
    }

    private void WriteFiles(BencodeWriter writer)
    {
        writer.WriteString("files"u8);
        writer.BeginList();
        foreach (var (path, length, attributes) in _files)
        {
            writer.BeginDictionary();
            if (attributes is not null)
            {
                writer.WriteEntry("attr"u8, Encoding.ASCII.GetBytes(attributes));
            }
            if (length is { } known)
            {
                writer.WriteEntry("length"u8, known);
            }
            writer.WriteString("path"u8);
            writer.BeginList();
            foreach (var part in path)
            {
                writer.WriteString(part);
            }
            writer.End();
            writer.End();
        }
        writer.End();
    }

    private byte[] HashPieces()
    {
        var length = SingleLength ?? _files.Aggregate(0L, (sum, file) => unchecked(sum + (file.Length ?? 0)));
        var count = PieceLength > 0 ? (length + PieceLength - 1) / PieceLength : 0;
        if (Content.Length != length)
        {
            return new byte[Math.Clamp(count, 0, 4096) * 20];
        }
        var hashes = new byte[count * 20];
        for (var i = 0; i < count; i++)
        {
            var start = (int)(i * PieceLength);
            SHA1.HashData(Content.AsSpan(start, (int)Math.Min(PieceLength, length - start)), hashes.AsSpan(i * 20, 20));
        }
        return hashes;
    }
}
