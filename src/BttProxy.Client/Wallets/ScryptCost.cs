using System.Numerics;

namespace BttProxy.Client.Wallets;

internal readonly record struct ScryptCost(int N, int R, int P)
{
    /// <summary>A file from elsewhere may ask for any cost; above this much memory we refuse instead of swapping.</summary>
    private const long MaximumBytes = 512L << 20;

    /// <summary>A bound on time: 16 times the work of <see cref="ForNewFiles"/>.</summary>
    private const long MaximumWork = 16L << 20;

    /// <summary>
    /// 128 MiB of memory per guess and about half a second in managed code (measured 0.4-0.6 s); the next step, 2^18,
    /// took 0.8-1.2 s, which is felt at each command.
    /// </summary>
    public static ScryptCost ForNewFiles { get; } = new(1 << 17, 8, 1);

    public bool IsUsable =>
        N >= 2 && BitOperations.IsPow2(N) && R is >= 1 and <= 64 && P is >= 1 and <= 64
        && (long)N * R * 128 <= MaximumBytes && (long)N * R * P <= MaximumWork;
}
