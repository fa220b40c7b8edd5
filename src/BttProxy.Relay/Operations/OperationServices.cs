using BttProxy.Relay.Hosting;
using BttProxy.Tron;

namespace BttProxy.Relay.Operations;

internal static class OperationServices
{
    /// <summary>The operator's commands; <see cref="RunningParts"/> is the caller's.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<StatusReader>();
        services.AddSingleton<StatusProblems>();
        services.AddSingleton<SessionLister>();
        services.AddSingleton<TorrentLister>();
        services.AddSingleton<EarningsReader>();
        services.AddSingleton<ChannelLister>();
        services.AddSingleton<ClaimForecast>();
        services.AddSingleton<ClaimDesk>();
        services.AddSingleton<ChannelCloser>();
        services.AddSingleton<RelayOperations>();
        services.AddLazy<RelayKeys>();
        services.AddLazy<IChannelChain>();
        services.AddLazy<ClaimForecast>();
        services.AddLazy<ClaimDesk>();
        services.AddLazy<ChannelCloser>();
        return services;
    }

    private static void AddLazy<T>(this IServiceCollection services)
        where T : class =>
        services.AddSingleton(static provider => new Lazy<T>(provider.GetRequiredService<T>, LazyThreadSafetyMode.PublicationOnly));
}
