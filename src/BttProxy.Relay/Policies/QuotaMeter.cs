namespace BttProxy.Relay.Policies;

/// <summary>How many bytes clients got in this day and month: what the ledger knew at the start, and what passed the meter since.</summary>
internal sealed class QuotaMeter
{
    private readonly Lock _lock = new();
    private readonly Count[] _counts = [new(), new()];

    /// <summary>Begins anew, at the start and when days begin at another time than before.</summary>
    /// <param name="period">Which count.</param>
    /// <param name="start">When it began.</param>
    /// <param name="used">Bytes of it so far.</param>
    /// <param name="delivered">What the meter says now.</param>
    public void Set(QuotaPeriod period, DateTimeOffset start, long used, long delivered)
    {
        lock (_lock)
        {
            var count = _counts[(int)period];
            (count.Start, count.Before, count.Mark) = (start, used, delivered);
        }
    }

    /// <summary>Bytes of the period that began at <paramref name="start"/>; a later one than before begins at zero.</summary>
    public long Used(QuotaPeriod period, DateTimeOffset start, long delivered)
    {
        lock (_lock)
        {
            var count = _counts[(int)period];
            if (start > count.Start)
            {
                (count.Start, count.Before, count.Mark) = (start, 0, delivered);
            }

            return count.Before + Math.Max(0, delivered - count.Mark);
        }
    }

    private sealed class Count
    {
        public DateTimeOffset Start { get; set; }

        public long Before { get; set; }

        public long Mark { get; set; }
    }
}
