namespace BttProxy.BitTorrent.Cache;

/// <summary>Brings the pieces of all torrents found at the start into the order in which they were last used.</summary>
internal static class CacheLoad
{
    public static void Collect(CachedTorrent torrent, StoredTorrent stored, List<Piece> found)
    {
        for (var unit = 0; unit <= torrent.UnitOf(stored.Have.Length - 1); unit++)
        {
            var pieces = torrent.PiecesOf(unit);
            uint? last = null;
            for (var piece = pieces.First; piece < pieces.End; piece++)
            {
                if (stored.Have[piece])
                {
                    last = Math.Max(last ?? 0, stored.Stamps[piece]);
                }
            }
            if (last is { } seconds)
            {
                found.Add(new Piece(torrent, unit, seconds));
            }
        }
    }

    public static IEnumerable<Piece> InOrder(List<Piece> found) => found.OrderBy(piece => piece.Seconds);

    public readonly record struct Piece(CachedTorrent Torrent, int Unit, uint Seconds);
}
