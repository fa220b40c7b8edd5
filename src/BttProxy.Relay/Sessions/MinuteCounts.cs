namespace BttProxy.Relay.Sessions;

/// <summary>
/// Counts what happened in the present minute, for each of a bounded number of keys. Beyond that new ones are not counted, so that whoever
/// has many locks nobody out. Safe for concurrent use.
/// </summary>
internal sealed class MinuteCounts<TKey>(int most, TimeProvider time)
    where TKey : notnull
{
    public const int MaxKeys = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, int> _counts = [];
    private long _minute;

    public bool IsExceeded(TKey key)
    {
        lock (_lock)
        {
            Roll();
            return _counts.GetValueOrDefault(key) >= most;
        }
    }

    public void Count(TKey key)
    {
        lock (_lock)
        {
            Roll();
            if (_counts.TryGetValue(key, out var count) || _counts.Count < MaxKeys)
            {
                _counts[key] = count + 1;
            }
        }
    }

    private void Roll()
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (minute != _minute)
        {
            _minute = minute;
            _counts.Clear();
        }
    }
}
