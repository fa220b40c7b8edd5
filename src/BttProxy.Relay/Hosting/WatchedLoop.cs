namespace BttProxy.Relay.Hosting;

/// <summary>
/// A loop beside the requests that says when it last came round: one that has ended or hangs does not show otherwise, and money waits for it.
/// </summary>
/// <param name="name">Which.</param>
/// <param name="interval">How often it comes round, if it does not say otherwise.</param>
/// <param name="time">Clock.</param>
internal abstract class WatchedLoop(RelayLoop name, TimeSpan interval, TimeProvider time) : BackgroundService
{
    // What a round asks of the chain has time-outs of its own, far shorter.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private long _rest = interval.Ticks;
    private long _cameRound = time.GetTimestamp();
    private volatile bool _isStopping;

    public RelayLoop Name => name;

    protected TimeProvider Time => time;

    protected TimeSpan Period => interval;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Trouble =>
        _isStopping ? null
        : ExecuteTask is { IsCompleted: true } ended ? $"{Name} has ended{(ended.Exception is { } e ? ": " + e.GetBaseException().Message : "")}"
        : time.GetElapsedTime(Volatile.Read(ref _cameRound)) is var age && age > TimeSpan.FromTicks(Volatile.Read(ref _rest)) + Patience ? $"{Name} hangs for {age.TotalSeconds:0} s"
        : null;

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        return base.StopAsync(cancellationToken);
    }

    /// <summary>It is alive: called in each round, and in a long one at each step.</summary>
    protected void Turn() => Turn(interval);

    /// <summary>It is alive, and rests for so long now.</summary>
    protected void Turn(TimeSpan rest)
    {
        Volatile.Write(ref _rest, rest.Ticks);
        Volatile.Write(ref _cameRound, time.GetTimestamp());
    }
}
