using System.Text;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.Client.Torrents;

namespace BttProxy.Client.Terminal;

/// <summary>What <c>bttproxy torrent info</c> prints.</summary>
internal static class TorrentDescription
{
    public static string ToJson(TorrentSource source)
    {
        var info = source.File?.Info;
        return JsonLine.Of(new
        {
            InfoHash = source.InfoHash.ToString(),
            InfoHashV1 = source.InfoHashV1?.ToString(),
            InfoHashV2 = source.InfoHashV2?.ToString(),
            source.Name,
            info?.PieceLength,
            info?.PieceCount,
            info?.Length,
            Private = info?.IsPrivate,
            source.Trackers,
            source.WebSeeds,
            Files = info?.Files.Select(static file => new { Path = file.DisplayPath, file.Length, file.Offset, Padding = file.IsPadding }),
        });
    }

    public static string ToJson(InvalidTorrentException refusal) =>
        JsonLine.Of(new { Refused = refusal.Problem.ToString(), Reason = refusal.Message });

    public static string ToText(TorrentSource source)
    {
        var text = new StringBuilder();
        Line(text, "info-hash", source.InfoHash.ToString());
        if (source.InfoHashV2 is { } version2)
        {
            Line(text, source.InfoHashV1 is null ? "v2 only" : "v1 and v2", version2.ToString());
        }

        if (source.Name is { } name)
        {
            Line(text, "name", name);
        }

        foreach (var tier in source.Trackers)
        {
            Line(text, "trackers", string.Join(' ', tier));
        }

        foreach (var seed in source.WebSeeds ?? [])
        {
            Line(text, "web seed", seed);
        }

        if (source.File is not { } file)
        {
            return text.Append("The rest is in the metadata, which peers have: 'bttproxy torrent get' fetches it.").ToString();
        }

        var info = file.Info;
        Line(text, "size", $"{Units.Bytes(info.Length)} in {info.PieceCount} pieces of {info.PieceLength} bytes");
        Line(text, "private", info.IsPrivate ? "yes: peers come from its trackers only" : "no");
        foreach (var content in info.Files)
        {
            text.Append($"{content.Length,16}  ").Append(content.DisplayPath).AppendLine(content.IsPadding ? "  (padding)" : "");
        }

        return text.ToString().TrimEnd();
    }

    private static void Line(StringBuilder text, string label, string value) => text.Append($"{label,-10} ").AppendLine(value);
}
