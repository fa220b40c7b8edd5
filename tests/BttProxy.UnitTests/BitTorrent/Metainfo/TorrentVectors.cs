using System.Text.Json;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Metainfo;

/// <summary>Torrents made by libtorrent (<c>tests/interop/lib/make-torrent-vectors.py</c>) of content that is computed here too.</summary>
internal static class TorrentVectors
{
    public const int PieceLength = 32_768;

    private static readonly JsonElement[] All = Load();

    public static TheoryData<string, string> Names { get; } = new(All.Select(vector => (Text(vector, "set"), Text(vector, "kind"))));

    public static JsonElement Find(string set, string kind) =>
        Array.Find(All, vector => Text(vector, "set") == set && Text(vector, "kind") == kind);

    public static byte[] Torrent(string set, string kind) => Find(set, kind).GetProperty("torrent").GetBytesFromBase64();

    public static byte[] Content(long length)
    {
        var content = new byte[length];
        for (var i = 0; i < content.Length; i++)
        {
            content[i] = (byte)((i * 131) ^ (i >> 7) ^ (int)length);
        }
        return content;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static JsonElement[] Load()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "torrent-vectors.json")));
        return [.. document.RootElement.Clone().GetProperty("torrents").EnumerateArray()];
    }
}
