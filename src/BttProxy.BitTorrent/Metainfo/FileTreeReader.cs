using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>
/// Reads the files of a v2 torrent (BEP 52): a tree of dictionaries, in which every file with content begins at a piece. The gaps are
/// listed as padding, as libtorrent numbers them too.
/// </summary>
internal sealed class FileTreeReader
{
    private static readonly BencodeLimits Strict = new() { MaxValues = TorrentInfoParser.Limits.MaxValues };

    private readonly string _name;
    private readonly int _pieceLength;
    private readonly PathRegister _register = new();
    private readonly List<TorrentContentFile> _files = [];
    private readonly List<string> _path = [];
    private int _count;
    private long _offset;

    private FileTreeReader(string name, int pieceLength)
    {
        _name = name;
        _pieceLength = pieceLength;
    }

    /// <param name="info">The info dictionary.</param>
    /// <param name="name">The torrent's name.</param>
    /// <param name="pieceLength">Where files begin.</param>
    /// <param name="isFolder">True when v1 says so; v2 alone cannot tell a folder with one file from the file.</param>
    public static TorrentLayout Read(BencodeDictionary info, string name, int pieceLength, bool isFolder)
    {
        var tree = info.FindDictionary("file tree"u8) ?? throw TorrentInfoParser.Missing("file tree");
        // The order of the keys is the order of the files, so here it must be the right one.
        if (Bencode.TryParse(tree.Raw, out _, Strict) != BencodeError.None || FindFile(tree) is not null)
        {
            throw TorrentInfoParser.Missing("file tree");
        }
        if (!isFolder && tree.Entries is [{ Value: BencodeDictionary node } entry] && FindFile(node) is not null)
        {
            // The file's own name counts; the torrent's is only for people.
            var single = new FileTreeReader(SafePath.MapName(entry.Key.Span), pieceLength);
            single.ReadNode(node);
            return new TorrentLayout(single._name, single._files, IsSingleFile: true);
        }
        var reader = new FileTreeReader(name, pieceLength);
        reader.ReadFolder(tree);
        if (reader._files.Count == 0)
        {
            throw TorrentInfoParser.Missing("file tree");
        }
        return new TorrentLayout(name, reader._files, IsSingleFile: false);
    }

    private static BencodeValue? FindFile(BencodeDictionary node) => node.Find([]);

    private void ReadFolder(BencodeDictionary folder)
    {
        foreach (var (key, value) in folder.Entries)
        {
            _path.Add(SafePath.MapName(key.Span));
            if (_path.Count >= TorrentLimits.MaxPathDepth)
            {
                throw FileFields.BadDepth();
            }
            ReadNode(value as BencodeDictionary ?? throw TorrentInfoParser.Missing("file tree"));
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private void ReadNode(BencodeDictionary node)
    {
        if (FindFile(node) is not { } description)
        {
            ReadFolder(node);
            return;
        }
        if (node.Entries.Count > 1)
        {
            throw new InvalidTorrentException(TorrentProblem.PathConflict, "The torrent uses one name for a file and for a folder.");
        }
        AddFile(description as BencodeDictionary ?? throw TorrentInfoParser.Missing("file tree"));
    }

    private void AddFile(BencodeDictionary file)
    {
        FileFields.CheckCount(++_count);
        FileFields.RefuseSymbolicLink(file);
        var gap = (int)(_offset % _pieceLength);
        if (gap != 0)
        {
            _files.Add(TorrentContentFile.Padding(_name, _files.Count, _pieceLength - gap, _offset));
            _offset += _pieceLength - gap;
        }
        var length = FileFields.ReadLength(file, _offset);
        var root = length == 0 ? ReadOnlyMemory<byte>.Empty : file.FindString("pieces root"u8) ?? ReadOnlyMemory<byte>.Empty;
        if (length > 0 && root.Length != InfoHashV2.Length)
        {
            throw TorrentInfoParser.Missing("pieces root");
        }
        _files.Add(new TorrentContentFile(_register.Add([_name, .. _path]), length, _offset, IsPadding: false) { PiecesRoot = root });
        _offset += length;
    }
}
