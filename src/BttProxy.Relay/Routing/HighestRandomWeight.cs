using System.IO.Hashing;
using System.Text;

namespace BttProxy.Relay.Routing;

/// <summary>
/// Rendezvous hashing with bounded load: each key ranks all workers by a hash of (key, worker name), so adding the (N+1)th worker moves only
/// 1/(N+1) of the keys; a worker that carries more than its share is passed over for the next in the ranking.
/// </summary>
internal static class HighestRandomWeight
{
    // A quarter above the mean: enough slack that one popular torrent stays with its worker, little enough to spread a rush.
    private const double LoadBound = 1.25;

    /// <summary>The index of the worker to use. <paramref name="workers"/> must not be empty.</summary>
    public static int Pick(ReadOnlySpan<byte> key, ReadOnlySpan<WorkerLoad> workers)
    {
        ArgumentOutOfRangeException.ThrowIfZero(workers.Length);
        long total = 1;
        foreach (var worker in workers)
        {
            total += worker.ActiveRequests;
        }

        var bound = (long)Math.Ceiling(LoadBound * total / workers.Length);
        var (best, bestWeight) = (-1, 0UL);
        for (var i = 0; i < workers.Length; i++)
        {
            // Someone is always at or below the mean, so at least one worker passes the bound.
            if (workers[i].ActiveRequests >= bound)
            {
                continue;
            }

            var weight = Weight(key, workers[i].Name);
            if (best < 0 || weight > bestWeight)
            {
                (best, bestWeight) = (i, weight);
            }
        }

        return best;
    }

    private static ulong Weight(ReadOnlySpan<byte> key, string name)
    {
        Span<byte> text = stackalloc byte[256];
        var length = Encoding.UTF8.TryGetBytes(name, text, out var written) ? written : 0;
        return XxHash3.HashToUInt64(text[..length], unchecked((long)XxHash3.HashToUInt64(key)));
    }
}
