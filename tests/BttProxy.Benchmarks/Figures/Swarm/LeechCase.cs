namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>One download that is measured.</summary>
/// <param name="Name">In the details of a figure.</param>
/// <param name="PieceLength">Bytes of a piece.</param>
/// <param name="Length">Bytes of the content.</param>
/// <param name="Seeders">libtorrent seeders.</param>
/// <param name="RoundTripMilliseconds">0, or the delay before the seeders.</param>
internal sealed record LeechCase(string Name, int PieceLength, long Length, int Seeders, int RoundTripMilliseconds)
{
    private const int Kibi = 1024;
    private const long Gibi = 1L << 30;

    public static readonly LeechCase[] All =
    [
        new("256KiB x1", 256 * Kibi, Gibi, 1, 0),
        new("256KiB x4", 256 * Kibi, Gibi, 4, 0),
        new("1MiB x1", Kibi * Kibi, Gibi, 1, 0),
        new("1MiB x4", Kibi * Kibi, Gibi, 4, 0),
        new("50 ms", 256 * Kibi, Gibi / 4, 1, 50),
        new("200 ms", 256 * Kibi, Gibi / 4, 1, 200),
    ];

    /// <summary>The case that other clients are run on too.</summary>
    public static LeechCase Common => All[2];

    /// <summary>Cases of equal content share it.</summary>
    public string Content => $"content-{Length / Kibi / Kibi}-{PieceLength / Kibi}";
}
