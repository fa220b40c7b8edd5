namespace BttProxy.Client.Torrents;

/// <summary>A moment of a download.</summary>
/// <param name="Name">The torrent's name, or its info-hash until the name is known.</param>
/// <param name="Bytes">Of the content; 0 until the metadata is here.</param>
/// <param name="Pieces">Of the content.</param>
/// <param name="VerifiedPieces">Those that are here.</param>
/// <param name="Rate">Bytes per second.</param>
/// <param name="Peers">Connected now.</param>
internal sealed record TransferProgress(string Name, long Bytes, int Pieces, int VerifiedPieces, double Rate, int Peers)
{
    public double Share => Pieces == 0 ? 1 : (double)VerifiedPieces / Pieces;

    public TimeSpan? Remaining => Rate > 0 ? TimeSpan.FromSeconds(Math.Min(Bytes * (1 - Share) / Rate, TimeSpan.FromDays(99).TotalSeconds)) : null;
}
