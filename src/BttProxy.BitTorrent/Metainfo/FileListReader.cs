using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>Reads the files of a v1 torrent (BEP 3, 47): one after the other, padding only where it is listed.</summary>
internal static class FileListReader
{
    public static TorrentLayout Read(BencodeDictionary info, string name)
    {
        if (info.Find("files"u8) is not null)
        {
            return new TorrentLayout(name, ReadFiles(info, name), IsSingleFile: false);
        }
        FileFields.RefuseSymbolicLink(info);
        return new TorrentLayout(
            name, [new TorrentContentFile([name], FileFields.ReadLength(info, 0), 0, IsPadding: false)], IsSingleFile: true);
    }

    private static TorrentContentFile[] ReadFiles(BencodeDictionary info, string name)
    {
        var list = info.FindList("files"u8)?.Items ?? throw TorrentInfoParser.Missing("files");
        if (list.Count is 0)
        {
            throw TorrentInfoParser.Missing("files");
        }
        FileFields.CheckCount(list.Count);
        var register = new PathRegister();
        var files = new TorrentContentFile[list.Count];
        var offset = 0L;
        for (var i = 0; i < files.Length; i++)
        {
            var file = list[i] as BencodeDictionary ?? throw TorrentInfoParser.Missing("files");
            FileFields.RefuseSymbolicLink(file);
            var length = FileFields.ReadLength(file, offset);
            // Padding files are often all called alike, and are never stored.
            files[i] = FileFields.HasAttribute(file, (byte)'p')
                ? TorrentContentFile.Padding(name, i, length, offset)
                : new TorrentContentFile(register.Add(ReadPath(file, name)), length, offset, IsPadding: false);
            offset += length;
        }
        return files;
    }

    private static string[] ReadPath(BencodeDictionary file, string name)
    {
        var list = (file.FindList("path.utf-8"u8) ?? file.FindList("path"u8))?.Items ?? throw TorrentInfoParser.Missing("path");
        if (list.Count is 0 or >= TorrentLimits.MaxPathDepth)
        {
            throw FileFields.BadDepth();
        }
        var parts = new string[list.Count + 1];
        parts[0] = name;
        for (var i = 0; i < list.Count; i++)
        {
            parts[i + 1] = SafePath.MapName((list[i] as BencodeString ?? throw TorrentInfoParser.Missing("path")).Bytes.Span);
        }
        return parts;
    }
}
