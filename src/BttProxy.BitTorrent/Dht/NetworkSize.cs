using System.Buffers.Binary;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// How many nodes the network has, told from how near the nearest ones are to random targets, and whether nodes crowd
/// around a target more densely than that allows: the mark of ids that were chosen to surround it. Thread-safe.
/// </summary>
internal sealed class NetworkSize
{
    /// <summary>
    /// So many times denser than expected is a crowd. Eight nodes where one is expected happen by chance once in 100,000 targets.
    /// </summary>
    public const double CrowdFactor = 8;
    private const int Remembered = 15;

    private readonly Lock _gate = new();
    private readonly Queue<double> _estimates = new();

    /// <summary>The median of the last estimates; null before the first.</summary>
    public double? Estimate
    {
        get
        {
            lock (_gate)
            {
                return _estimates.Count == 0 ? null : _estimates.Order().ElementAt(_estimates.Count / 2);
            }
        }
    }

    /// <param name="target">A random target: around one that others know, they may have placed ids.</param>
    /// <param name="nearestFirst">The nodes nearest to it that answered.</param>
    public void Learn(DhtNodeId target, IEnumerable<DhtNodeId> nearestFirst)
    {
        // The i-th nearest of n nodes is expected at i / (n + 1) of the key space; least squares over the nearest ones.
        double squares = 0;
        double products = 0;
        var rank = 0;
        foreach (var id in nearestFirst.Take(DhtLimits.StoreWidth))
        {
            rank++;
            squares += (double)rank * rank;
            products += rank * Distance(target, id);
        }
        if (rank < DhtLimits.NodesPerAnswer || products <= 0)
        {
            return;
        }
        lock (_gate)
        {
            _estimates.Enqueue(Math.Max(rank, (squares / products) - 1));
            if (_estimates.Count > Remembered)
            {
                _estimates.Dequeue();
            }
        }
    }

    /// <summary>How many of the nearest nodes form a crowd; 0 when they lie as chance would have them.</summary>
    public int CountCrowd(DhtNodeId target, IReadOnlyList<DhtNodeId> nearestFirst)
    {
        if (Estimate is not { } size)
        {
            return 0;
        }
        var (crowd, greatest) = (0, 0.0);
        for (var count = DhtLimits.NodesPerAnswer; count <= nearestFirst.Count; count++)
        {
            // Where the surplus over what chance explains is greatest, the crowd ends.
            var surplus = count - (CrowdFactor * size * Distance(target, nearestFirst[count - 1]));
            if (surplus > greatest)
            {
                (crowd, greatest) = (count, surplus);
            }
        }
        return crowd;
    }

    /// <summary>As a share of the key space.</summary>
    private static double Distance(DhtNodeId target, DhtNodeId id) =>
        (BinaryPrimitives.ReadUInt64BigEndian(target.Span) ^ BinaryPrimitives.ReadUInt64BigEndian(id.Span)) / Math.Pow(2, 64);
}
