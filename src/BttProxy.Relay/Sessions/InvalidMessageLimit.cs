namespace BttProxy.Relay.Sessions;

/// <summary>Counts invalid messages in fixed minutes, so that forged vouchers cannot buy endless signature checks.</summary>
internal sealed class InvalidMessageLimit(int perMinute, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _minute;
    private int _count;

    public bool IsExceeded
    {
        get
        {
            lock (_lock)
            {
                Roll();
                return _count >= perMinute;
            }
        }
    }

    /// <summary>In this minute or in an earlier one.</summary>
    public bool WasExceeded { get; private set; }

    public void Count()
    {
        lock (_lock)
        {
            Roll();
            _count++;
            WasExceeded |= _count >= perMinute;
        }
    }

    private void Roll()
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (minute != _minute)
        {
            (_minute, _count) = (minute, 0);
        }
    }
}
