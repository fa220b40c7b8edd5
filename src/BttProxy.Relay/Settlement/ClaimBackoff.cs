using BttProxy.Protocol.Keys;

namespace BttProxy.Relay.Settlement;

/// <summary>How long to leave the chain alone after failures, and a channel after the chain refused its claim.</summary>
internal sealed class ClaimBackoff(TimeSpan first, TimeSpan longest, TimeProvider time)
{
    private readonly Dictionary<ChannelId, (int Failures, DateTimeOffset NotBefore)> _refused = [];

    public TimeSpan Delay(int failures) =>
        TimeSpan.FromTicks(Math.Min(longest.Ticks, first.Ticks * (1L << Math.Min(failures - 1, 20))));

    public bool MayTry(ChannelId channel) => !_refused.TryGetValue(channel, out var entry) || entry.NotBefore <= time.GetUtcNow();

    public void Refused(IEnumerable<ChannelId> channels)
    {
        foreach (var channel in channels)
        {
            var failures = _refused.GetValueOrDefault(channel).Failures + 1;
            _refused[channel] = (failures, time.GetUtcNow() + Delay(failures));
        }
    }
}
