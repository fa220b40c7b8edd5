using System.Text;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>
/// What a .torrent file says beside its info dictionary: trackers (BEP 3, tiers by BEP 12) and web seeds (BEP 19). Nothing here is
/// covered by the info-hash; what is no URL of a known kind, or beyond the bounds, is left out.
/// </summary>
internal static class TorrentEnvelope
{
    // More than any torrent has that somebody made by hand.
    private const int MaxUrls = 256;
    private const int MaxUrlBytes = 2048;

    public static IReadOnlyList<IReadOnlyList<string>> ReadTrackers(BencodeDictionary torrent)
    {
        var tiers = new List<IReadOnlyList<string>>();
        var left = MaxUrls;
        foreach (var tier in torrent.FindList("announce-list"u8)?.Items ?? [])
        {
            if (ReadUrls(tier, isTracker: true, left) is { Count: > 0 } urls)
            {
                tiers.Add(urls);
                left -= urls.Count;
            }
        }
        // BEP 12: a list replaces the single tracker.
        return tiers.Count == 0 && ReadUrls(torrent.Find("announce"u8), isTracker: true, MaxUrls) is { Count: > 0 } single ? [single] : tiers;
    }

    public static IReadOnlyList<string> ReadWebSeeds(BencodeDictionary torrent) =>
        ReadUrls(torrent.Find("url-list"u8), isTracker: false, MaxUrls);

    private static IReadOnlyList<string> ReadUrls(BencodeValue? value, bool isTracker, int max) => value switch
    {
        BencodeString single => [.. ReadUrl(single, isTracker).Take(max)],
        BencodeList list => [.. list.Items.OfType<BencodeString>().SelectMany(item => ReadUrl(item, isTracker)).Distinct().Take(max)],
        _ => [],
    };

    private static IEnumerable<string> ReadUrl(BencodeString text, bool isTracker)
    {
        if (text.Bytes.Length <= MaxUrlBytes
            && Uri.TryCreate(Encoding.UTF8.GetString(text.Bytes.Span), UriKind.Absolute, out var url)
            && (url.Scheme is "http" or "https" || (isTracker && url.Scheme is "udp" && url.Port > 0)))
        {
            yield return url.AbsoluteUri;
        }
    }
}
