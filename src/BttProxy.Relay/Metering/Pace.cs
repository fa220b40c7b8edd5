namespace BttProxy.Relay.Metering;

/// <summary>The rates that a response is held to: its session's, and that of all clients.</summary>
internal sealed class Pace(RateBucket? session, RateBucket? all, TimeProvider time)
{
    /// <summary>Waits until some of the bytes may pass; the result is how many.</summary>
    public async ValueTask<int> WaitAsync(int wanted, CancellationToken cancellationToken)
    {
        var step = Math.Min(wanted, Math.Min(session?.Step ?? wanted, all?.Step ?? wanted));
        var wait = session?.Take(step) ?? TimeSpan.Zero;
        wait = all?.Take(step) is { } shared && shared > wait ? shared : wait;
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellationToken);
        }

        return step;
    }
}
