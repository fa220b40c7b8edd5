using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>
/// A magnet link (BEP 9), by v1 info-hash, by v2 info-hash (BEP 52) or by both. A stranger chose the trackers, peers and web seeds that it names.
/// </summary>
public sealed record MagnetLink
{
    private const int MaxChars = 16 * 1024;
    private const int MaxTrackers = 64;
    private const int MaxPeers = 64;
    private const int MaxWebSeeds = 64;
    private const string Scheme = "magnet:?";
    private const string Version1Topic = "urn:btih:";

    // The info-hash is a multihash: 0x12 is SHA-256, 0x20 its length.
    private const string Version2Topic = "urn:btmh:1220";

    /// <summary>What the torrent goes by: its v1 info-hash, or the first 20 bytes of the v2 info-hash.</summary>
    public InfoHash InfoHash => InfoHashV1 ?? InfoHashV2!.Value.Truncated;

    /// <summary>At least one of the two info-hashes is there.</summary>
    public InfoHash? InfoHashV1 { get; private init; }

    public InfoHashV2? InfoHashV2 { get; private init; }

    public string? Name { get; init; }

    /// <summary>URLs of trackers as they stand in the link (tr), each a tier of its own.</summary>
    public IReadOnlyList<string> Trackers { get; init; } = [];

    /// <summary>URLs of web seeds (ws) as they stand in the link.</summary>
    public IReadOnlyList<string> WebSeeds { get; init; } = [];

    /// <summary>Addresses of peers (x.pe); names are left out.</summary>
    public IReadOnlyList<IPEndPoint> Peers { get; init; } = [];

    public static MagnetLink Of(TorrentInfo info) =>
        new() { InfoHashV1 = info.InfoHashV1, InfoHashV2 = info.InfoHashV2, Name = info.Name };

    /// <exception cref="InvalidTorrentException">It is no magnet link with an info-hash.</exception>
    public static MagnetLink Parse(string text) => TryParse(text, out var link) ? link : throw new InvalidTorrentException(
        TorrentProblem.BadMagnetLink,
        "This is not a magnet link with an info-hash: expected magnet:?xt=urn:btih: and 40 hexadecimal or 32 base32 digits, "
        + "or magnet:?xt=urn:btmh:1220 and 64 hexadecimal digits.");

    public static bool TryParse(string? text, [NotNullWhen(true)] out MagnetLink? link)
    {
        link = null;
        if (text is null || text.Length > MaxChars || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var read = new MagnetLink();
        foreach (var range in text.AsSpan(Scheme.Length).Split('&'))
        {
            var parameter = text.AsSpan(Scheme.Length)[range];
            if (parameter.IndexOf('=') is >= 0 and var equals)
            {
                // A plus sign is a blank in names; one that is meant is written %2B.
                var isName = parameter[..equals].SequenceEqual("dn");
                var written = isName ? parameter[(equals + 1)..].ToString().Replace('+', ' ') : parameter[(equals + 1)..];
                read = read.With(parameter[..equals], Uri.UnescapeDataString(written));
            }
        }
        link = read.InfoHashV1 is null && read.InfoHashV2 is null ? null : read;
        return link is not null;
    }

    public override string ToString()
    {
        var text = new StringBuilder(Scheme);
        void Add(string parameter) => text.Append(text.Length > Scheme.Length ? "&" : "").Append(parameter);
        if (InfoHashV1 is { } version1)
        {
            Add($"xt={Version1Topic}{version1}");
        }
        if (InfoHashV2 is { } version2)
        {
            Add($"xt={Version2Topic}{version2}");
        }
        if (Name is not null)
        {
            Add($"dn={Uri.EscapeDataString(Name)}");
        }
        foreach (var tracker in Trackers)
        {
            Add($"tr={Uri.EscapeDataString(tracker)}");
        }
        foreach (var seed in WebSeeds)
        {
            Add($"ws={Uri.EscapeDataString(seed)}");
        }
        foreach (var peer in Peers)
        {
            Add($"x.pe={peer}");
        }
        return text.ToString();
    }

    /// <summary>The link with one more parameter; the first of each kind counts.</summary>
    private MagnetLink With(ReadOnlySpan<char> key, string value)
    {
        // Several topics may be numbered: xt.1=...&xt.2=...
        if (key.SequenceEqual("xt") || key.StartsWith("xt."))
        {
            if (value.StartsWith(Version1Topic, StringComparison.OrdinalIgnoreCase)
                && InfoHash.TryParse(value.AsSpan(Version1Topic.Length), out var version1))
            {
                return this with { InfoHashV1 = InfoHashV1 ?? version1 };
            }
            if (value.StartsWith(Version2Topic, StringComparison.OrdinalIgnoreCase)
                && BitTorrent.InfoHashV2.TryParse(value.AsSpan(Version2Topic.Length), out var version2))
            {
                return this with { InfoHashV2 = InfoHashV2 ?? version2 };
            }
        }
        else if ((key.SequenceEqual("tr") || key.StartsWith("tr.")) && Trackers.Count < MaxTrackers)
        {
            return this with { Trackers = [.. Trackers, value] };
        }
        else if (key.SequenceEqual("ws") && WebSeeds.Count < MaxWebSeeds)
        {
            return this with { WebSeeds = [.. WebSeeds, value] };
        }
        else if (key.SequenceEqual("x.pe") && Peers.Count < MaxPeers && IPEndPoint.TryParse(value, out var peer) && peer.Port > 0)
        {
            return this with { Peers = [.. Peers, peer] };
        }
        else if (key.SequenceEqual("dn"))
        {
            return this with { Name = Name ?? value };
        }
        return this;
    }
}
