using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.Client.Torrents;

/// <summary>A torrent as the user named it. Without <see cref="File"/> its metadata is somewhere else.</summary>
internal sealed record TorrentSource(InfoHash InfoHash, MagnetLink? Link, TorrentFile? File)
{
    private const int ShownChars = 80;

    public string? Name => File?.Info.Name ?? Link?.Name;

    /// <summary>Null when it is not told: an info-hash alone may be either.</summary>
    public InfoHash? InfoHashV1 => File is null ? Link?.InfoHashV1 : File.Info.InfoHashV1;

    /// <inheritdoc cref="InfoHashV1"/>
    public InfoHashV2? InfoHashV2 => File is null ? Link?.InfoHashV2 : File.Info.InfoHashV2;

    /// <summary>Tiers of tracker URLs (BEP 12).</summary>
    public IEnumerable<IEnumerable<string>> Trackers => File?.Trackers ?? (IEnumerable<IEnumerable<string>>?)Link?.Trackers.Select(url => new[] { url }) ?? [];

    /// <summary>URLs (BEP 19); null when the link or info-hash names none.</summary>
    public IReadOnlyList<string>? WebSeeds => File?.WebSeeds ?? (Link is { WebSeeds.Count: > 0 } link ? link.WebSeeds : null);

    /// <summary>Reads a magnet link, an info-hash (40 hexadecimal or 32 base32 digits) or the path of a .torrent file.</summary>
    /// <exception cref="ClientException">It is none of these, or cannot be read.</exception>
    public static async Task<TorrentSource> ParseAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(text, cancellationToken);
        }
        catch (InvalidTorrentException failure)
        {
            throw new ClientException(ExitCode.BadInput, failure.Message, failure);
        }
    }

    /// <inheritdoc cref="ParseAsync"/>
    /// <exception cref="InvalidTorrentException">It is a torrent or link that is refused.</exception>
    public static async Task<TorrentSource> ReadAsync(string text, CancellationToken cancellationToken)
    {
        if (text.StartsWith("magnet:", StringComparison.OrdinalIgnoreCase))
        {
            var link = MagnetLink.Parse(text);
            return new TorrentSource(link.InfoHash, link, null);
        }

        if (InfoHash.TryParse(text, out var infoHash))
        {
            return new TorrentSource(infoHash, null, null);
        }

        if (!System.IO.File.Exists(text))
        {
            throw new ClientException(
                ExitCode.BadInput, $"'{Shorten(text)}' is neither a magnet link, nor an info-hash, nor a .torrent file that exists.");
        }

        var file = await LoadAsync(text, cancellationToken);
        return new TorrentSource(file.InfoHash, null, file);
    }

    /// <summary>Reads a .torrent file that must be one.</summary>
    /// <exception cref="ClientException">It cannot be read.</exception>
    /// <exception cref="InvalidTorrentException">It is refused.</exception>
    public static async Task<TorrentFile> LoadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await TorrentFile.LoadAsync(path, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ExitCode.BadInput, $"The .torrent file cannot be read: {failure.Message}", failure);
        }
    }

    private static string Shorten(string text) => text.Length <= ShownChars ? text : text[..ShownChars] + "...";
}
