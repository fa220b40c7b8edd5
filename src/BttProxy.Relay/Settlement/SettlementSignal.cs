using System.Threading.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Relay.Settlement;

/// <summary>Tells the settlement worker that there may be something to claim; a missed word only delays it to the next look.</summary>
internal sealed class SettlementSignal
{
    private readonly Channel<ChannelId> _closed = Channel.CreateBounded<ChannelId>(
        new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public ChannelReader<ChannelId> Closed => _closed.Reader;

    public void SessionClosed(ChannelId channel) => _closed.Writer.TryWrite(channel);
}
