using BttProxy.Tron;

namespace BttProxy.Relay.Operations;

internal static class OperationServices
{
    /// <summary>The operator's commands.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<EarningsReader>();
        services.AddSingleton<ChannelLister>();
        services.AddSingleton<ClaimForecast>();
        services.AddSingleton<ClaimDesk>();
        services.AddSingleton<ChannelCloser>();
        services.AddSingleton<RelayOperations>();
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
