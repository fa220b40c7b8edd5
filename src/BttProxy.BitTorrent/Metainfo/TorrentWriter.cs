using System.Buffers;
using System.Globalization;
using System.Text;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Writes a new .torrent file (BEP 3, 47, 52).</summary>
internal sealed class TorrentWriter(string name, bool isFolder, SourceFile[] files, int pieceLength, ContentHashes hashes)
{
    private readonly ArrayBufferWriter<byte> _output = new(4096);

    public byte[] Write()
    {
        var writer = new BencodeWriter(_output);
        writer.BeginDictionary();
        writer.WriteString("info"u8);
        WriteInfo(writer);
        if (hashes.Layers is not null)
        {
            WriteLayers(writer);
        }
        writer.End();
        return _output.WrittenSpan.ToArray();
    }

    private void WriteInfo(BencodeWriter writer)
    {
        writer.BeginDictionary();
        if (hashes.Roots is not null)
        {
            writer.WriteString("file tree"u8);
            WriteFolder(writer, 0, files.Length, depth: 0);
        }
        if (hashes.Pieces is not null && isFolder)
        {
            WriteFileList(writer);
        }
        else if (hashes.Pieces is not null)
        {
            writer.WriteEntry("length"u8, files[0].Length);
        }
        if (hashes.Roots is not null)
        {
            writer.WriteEntry("meta version"u8, 2);
        }
        writer.WriteEntry("name"u8, Encoding.UTF8.GetBytes(name));
        writer.WriteEntry("piece length"u8, pieceLength);
        if (hashes.Pieces is not null)
        {
            writer.WriteEntry("pieces"u8, hashes.Pieces.WrittenSpan);
        }
        writer.End();
    }

    /// <summary>Files from one index to another, which share the first names of their paths.</summary>
    private void WriteFolder(BencodeWriter writer, int from, int to, int depth)
    {
        writer.BeginDictionary();
        for (var i = from; i < to;)
        {
            var part = files[i].Path[depth];
            var end = i + 1;
            while (end < to && files[end].Path[depth] == part)
            {
                end++;
            }
            writer.WriteString(part);
            if (files[i].Path.Length == depth + 1)
            {
                WriteTreeFile(writer, i);
            }
            else
            {
                WriteFolder(writer, i, end, depth + 1);
            }
            i = end;
        }
        writer.End();
    }

    private void WriteTreeFile(BencodeWriter writer, int file)
    {
        writer.BeginDictionary();
        writer.WriteString(""u8);
        writer.BeginDictionary();
        writer.WriteEntry("length"u8, files[file].Length);
        if (files[file].Length > 0)
        {
            writer.WriteEntry("pieces root"u8, hashes.Roots![file]);
        }
        writer.End();
        writer.End();
    }

    private void WriteFileList(BencodeWriter writer)
    {
        writer.WriteString("files"u8);
        writer.BeginList();
        foreach (var file in files)
        {
            WriteListedFile(writer, file.Length, isPadding: false, file.Path);
            var gap = (pieceLength - (file.Length % pieceLength)) % pieceLength;
            // The last file is padded too, as libtorrent does it.
            if (hashes.Roots is not null && gap > 0)
            {
                WriteListedFile(writer, gap, isPadding: true, [".pad", gap.ToString(CultureInfo.InvariantCulture)]);
            }
        }
        writer.End();
    }

    private static void WriteListedFile(BencodeWriter writer, long length, bool isPadding, string[] path)
    {
        writer.BeginDictionary();
        if (isPadding)
        {
            writer.WriteEntry("attr"u8, "p"u8);
        }
        writer.WriteEntry("length"u8, length);
        writer.WriteString("path"u8);
        writer.BeginList();
        foreach (var part in path)
        {
            writer.WriteString(part);
        }
        writer.End();
        writer.End();
    }

    private void WriteLayers(BencodeWriter writer)
    {
        var layers = new SortedDictionary<byte[], byte[]>(PieceLayers.ByBytes);
        for (var i = 0; i < files.Length; i++)
        {
            if (files[i].Length > pieceLength)
            {
                layers[hashes.Roots![i]] = hashes.Layers![i];
            }
        }
        writer.WriteString(PieceLayers.Key);
        writer.BeginDictionary();
        foreach (var (root, layer) in layers)
        {
            writer.WriteEntry(root, layer);
        }
        writer.End();
    }
}
