using System.Reflection;
using BttProxy.Tron;

namespace BttProxy.UnitTests.Relay.Settlement;

/// <summary>A chain with one channel, which in the newest block is another than in the last final one.</summary>
public class TwoViewsOfOneChannel : DispatchProxy
{
    public ChainChannel Final { get; set; } = null!;

    public ChainChannel Newest { get; set; } = null!;

    public static TwoViewsOfOneChannel Create(ChainChannel final, ChainChannel newest)
    {
        var views = (TwoViewsOfOneChannel)(object)Create<IChannelChain, TwoViewsOfOneChannel>();
        (views.Final, views.Newest) = (final, newest);
        return views;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
    {
        nameof(IChannelChain.HeadAsync) => Task.FromResult(new ChainHead(20, 1, default)),
        nameof(IChannelChain.ChannelAsync) => Task.FromResult<ChainChannel?>(Final),
        nameof(IChannelChain.PendingChannelAsync) => Task.FromResult<ChainChannel?>(Newest),
        var other => throw new NotSupportedException(other),
    };
}
