using System.Diagnostics.CodeAnalysis;

namespace BttProxy.BitTorrent.Metainfo;

/// <summary>A magnet link (BEP 9). Trackers, peers and web seeds that it names are not read: a stranger chose them.</summary>
public sealed record MagnetLink(InfoHash InfoHash, string? Name)
{
    private const int MaxChars = 16 * 1024;
    private const string Scheme = "magnet:?";
    private const string Version1Topic = "urn:btih:";
    private const string Version2Topic = "urn:btmh:";

    /// <exception cref="InvalidTorrentException">It is no magnet link with a v1 info-hash; the message says why.</exception>
    public static MagnetLink Parse(string text) => Read(text, out var problem) ?? throw new InvalidTorrentException(
        problem, problem == TorrentProblem.Version2Only
            ? "This magnet link is BitTorrent v2 only, which is not supported; use a v1 or hybrid link."
            : "This is not a magnet link with an info-hash: expected magnet:?xt=urn:btih: and 40 hexadecimal or 32 base32 digits.");

    public static bool TryParse(string? text, [NotNullWhen(true)] out MagnetLink? link) => (link = Read(text, out _)) is not null;

    private static MagnetLink? Read(string? text, out TorrentProblem problem)
    {
        problem = TorrentProblem.BadMagnetLink;
        if (text is null || text.Length > MaxChars || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        InfoHash? infoHash = null;
        string? name = null;
        foreach (var range in text.AsSpan(Scheme.Length).Split('&'))
        {
            var parameter = text.AsSpan(Scheme.Length)[range];
            var equals = parameter.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }
            var key = parameter[..equals];
            var value = Uri.UnescapeDataString(parameter[(equals + 1)..]);
            // Several topics may be numbered: xt.1=...&xt.2=...
            if (key.SequenceEqual("xt") || key.StartsWith("xt."))
            {
                if (value.StartsWith(Version1Topic, StringComparison.OrdinalIgnoreCase)
                    && InfoHash.TryParse(value.AsSpan(Version1Topic.Length), out var hash))
                {
                    infoHash ??= hash;
                }
                else if (value.StartsWith(Version2Topic, StringComparison.OrdinalIgnoreCase))
                {
                    problem = TorrentProblem.Version2Only;
                }
            }
            else if (key.SequenceEqual("dn"))
            {
                name ??= value.Replace('+', ' ');
            }
        }
        return infoHash is { } found ? new MagnetLink(found, name) : null;
    }

    public override string ToString() =>
        Name is null ? $"{Scheme}xt={Version1Topic}{InfoHash}" : $"{Scheme}xt={Version1Topic}{InfoHash}&dn={Uri.EscapeDataString(Name)}";
}
