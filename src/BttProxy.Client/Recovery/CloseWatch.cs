using BttProxy.Client.Wallets;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;

namespace BttProxy.Client.Recovery;

/// <summary>Waits until the chain shows a channel's close for good. Nobody's word counts, and no block that may still be undone.</summary>
/// <param name="chain">The chain.</param>
/// <param name="inclusionTime">Without a block for this long, nobody has submitted it.</param>
/// <param name="timeProvider">For waiting.</param>
/// <param name="waits">Told how far it is.</param>
internal sealed class CloseWatch(IChannelChain chain, TimeSpan inclusionTime, TimeProvider timeProvider, IProgress<ChainWait>? waits)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>The channel after the close; null when no block has it in time.</summary>
    public async Task<ChainChannel?> WaitAsync(ChannelId id, ulong epoch, CancellationToken cancellationToken)
    {
        var (start, firstSeen) = (timeProvider.GetTimestamp(), (ulong?)null);
        for (var pause = FirstLook; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (await chain.ChannelAsync(id, cancellationToken) is { } now && now.Epoch > epoch)
            {
                return now;
            }

            if (await chain.PendingChannelAsync(id, cancellationToken) is { } newest && newest.Epoch > epoch)
            {
                var head = (await chain.HeadAsync(cancellationToken)).Number;
                firstSeen ??= head;
                start = timeProvider.GetTimestamp();
                Tell((int)(head - Math.Min(head, firstSeen.Value)) + 1);
            }
            else if (timeProvider.GetElapsedTime(start) >= inclusionTime)
            {
                return null;
            }
            else
            {
                firstSeen = null;
                Tell(0);
            }

            await Task.Delay(pause, timeProvider, cancellationToken);
        }
    }

    private void Tell(int blocks) =>
        waits?.Report(new ChainWait("closing the channel", Math.Min(blocks, ChainProgress.BlocksNeeded), ChainProgress.BlocksNeeded));
}
