using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Settlement;

internal static class SettlementServices
{
    /// <summary>The chain's view, the outbox and the worker that turns vouchers into money.</summary>
    public static IServiceCollection AddSettlement(this IServiceCollection services, SettlementOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<SettlementSignal>();
        services.AddSingleton<ChainWatch>();
        services.AddSingleton<ChannelDirectory>();
        services.AddSingleton<CooperativeCloser>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ClaimOutbox>(provider, options.MaxRowsPerClaim));
        services.AddSingleton<SettlementWorker>();
        return services;
    }
}
