using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.Views;

/// <summary>Where the download stands. Rate in bytes per second; the window is what the relay lets the client owe, in bytes.</summary>
internal sealed record DownloadLine(
    long VerifiedBytes, long TotalBytes, double Rate, int VerifiedPieces, int Pieces, TokenAmount Paid, long Window, long Vouchers)
{
    /// <summary>From 0 to 1.</summary>
    public double Share => TotalBytes == 0 ? 0 : (double)VerifiedBytes / TotalBytes;
}
