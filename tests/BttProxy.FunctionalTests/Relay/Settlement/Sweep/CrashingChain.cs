using System.Reflection;
using BttProxy.Tron;

namespace BttProxy.FunctionalTests.Relay.Settlement.Sweep;

/// <summary>A chain with a crash point before and after everything that is sent to it.</summary>
public class CrashingChain : DispatchProxy
{
    private IChannelChain _chain = null!;
    private CrashPoints _points = null!;

    internal static IChannelChain Around(IChannelChain chain, CrashPoints points)
    {
        var proxy = Create<IChannelChain, CrashingChain>();
        ((CrashingChain)(object)proxy)._chain = chain;
        ((CrashingChain)(object)proxy)._points = points;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        if (targetMethod.Name != nameof(IChannelChain.SubmitAsync))
        {
            return targetMethod.Invoke(_chain, args);
        }

        _points.Pass();
        return PassAfterAsync((Task)targetMethod.Invoke(_chain, args)!);
    }

    private async Task PassAfterAsync(Task sending)
    {
        await sending;
        _points.Pass();
    }
}
