namespace BttProxy.Relay.Metering;

/// <summary>
/// How many bytes the responses of one session may still put on the wire. All responses of the session take from one gate, so opening
/// many streams gains a client nothing. The fast path is one interlocked operation without allocation.
/// </summary>
internal sealed class CreditGate(long limit)
{
    private readonly Lock _lock = new();
    private long _taken;
    private long _limit = limit;
    private bool _closed;
    private TaskCompletionSource? _raised;

    /// <summary>Bytes handed out since the session began.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Bytes that may be handed out in total; moves up with payments, and down only when a debt appears.</summary>
    public long Limit => Volatile.Read(ref _limit);

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Takes all of <paramref name="count"/> bytes or nothing.</summary>
    public bool TryTake(int count)
    {
        var taken = Volatile.Read(ref _taken);
        while (count <= Volatile.Read(ref _limit) - taken)
        {
            // Compare-and-swap instead of add-and-undo: an undo would make a second response see less credit than there is.
            var seen = Interlocked.CompareExchange(ref _taken, taken + count, taken);
            if (seen == taken)
            {
                return true;
            }

            taken = seen;
        }

        return false;
    }

    /// <summary>Takes what is left, at most <paramref name="wanted"/> bytes; zero when there is no credit.</summary>
    public int TakeUpTo(int wanted)
    {
        var taken = Volatile.Read(ref _taken);
        while (true)
        {
            var grant = (int)Math.Clamp(Volatile.Read(ref _limit) - taken, 0, wanted);
            if (grant == 0)
            {
                return 0;
            }

            var seen = Interlocked.CompareExchange(ref _taken, taken + grant, taken);
            if (seen == taken)
            {
                return grant;
            }

            taken = seen;
        }
    }

    /// <summary>Moves the limit and wakes the responses that wait for credit.</summary>
    public void SetLimit(long limit)
    {
        TaskCompletionSource? raised;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            Volatile.Write(ref _limit, limit);
            (raised, _raised) = (_raised, null);
        }

        raised?.SetResult();
    }

    /// <summary>No byte passes any more; waiting responses wake and end.</summary>
    public void Close()
    {
        TaskCompletionSource? raised;
        lock (_lock)
        {
            Volatile.Write(ref _closed, true);
            Volatile.Write(ref _limit, long.MinValue / 2);
            (raised, _raised) = (_raised, null);
        }

        raised?.SetResult();
    }

    /// <summary>
    /// Takes at least one byte, waiting for a payment up to <paramref name="patience"/>. Zero: the patience ended or the gate closed.
    /// </summary>
    public async ValueTask<int> TakeAsync(int wanted, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            Task wake;
            lock (_lock)
            {
                var grant = TakeUpTo(wanted);
                if (grant > 0 || _closed)
                {
                    return grant;
                }

                _raised ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wake = _raised.Task;
            }

            var left = patience - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return 0;
            }

            try
            {
                await wake.WaitAsync(left, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return 0;
            }
        }
    }
}
