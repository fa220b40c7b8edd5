using System.Globalization;
using System.Text;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.BitTorrent.WebSeeds;

/// <summary>Where a web seed has the files of a torrent (BEP 19): under the names that stand in the torrent, not those they get on a disk.</summary>
internal sealed class WebSeedUrls
{
    private readonly TorrentInfo _info;
    private readonly Dictionary<long, string> _pathByOffset = [];
    private readonly string _name;

    public WebSeedUrls(TorrentInfo info)
    {
        _info = info;
        _name = Escape(Encoding.UTF8.GetBytes(info.Name));
        if (info.InfoHashV1 is not null
            && Bencode.TryParse(info.RawBytes, out var value, TorrentInfoParser.Limits) == BencodeError.None && value is BencodeDictionary raw)
        {
            _name = (raw.FindString("name.utf-8"u8) ?? raw.FindString("name"u8)) is { } name ? Escape(name.Span) : _name;
            ReadPaths(raw);
        }
    }

    /// <param name="seed">As the torrent gives it: the file itself, or the folder that holds the torrent's file or folder.</param>
    /// <param name="file">A file with content.</param>
    public Uri Locate(Uri seed, TorrentContentFile file)
    {
        if (_info.IsSingleFile && !seed.AbsolutePath.EndsWith('/'))
        {
            return seed;
        }
        var folder = seed.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var path = _info.IsSingleFile ? _name : $"{_name}/{_pathByOffset.GetValueOrDefault(file.Offset) ?? EscapeMapped(file)}";
        return new Uri($"{folder}/{path}{seed.Query}");
    }

    private void ReadPaths(BencodeDictionary raw)
    {
        var offset = 0L;
        foreach (var file in raw.FindList("files"u8)?.Items.OfType<BencodeDictionary>() ?? [])
        {
            var length = file.FindInteger("length"u8) ?? 0;
            if (length > 0)
            {
                var parts = (file.FindList("path.utf-8"u8) ?? file.FindList("path"u8))?.Items.OfType<BencodeString>() ?? [];
                _pathByOffset[offset] = string.Join('/', parts.Select(part => Escape(part.Bytes.Span)));
            }
            offset += length;
        }
    }

    private static string EscapeMapped(TorrentContentFile file) =>
        string.Join('/', file.Path.Skip(1).Select(part => Escape(Encoding.UTF8.GetBytes(part))));

    private static string Escape(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length + 16);
        foreach (var value in name)
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~')
            {
                text.Append((char)value);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }
        return text.ToString();
    }
}
