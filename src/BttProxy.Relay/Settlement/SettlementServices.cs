using BttProxy.Relay.Configuration;
using BttProxy.Relay.Observability;

namespace BttProxy.Relay.Settlement;

internal static class SettlementServices
{
    /// <summary>The chain's view, the outbox and the worker that turns vouchers into money.</summary>
    public static IServiceCollection AddSettlement(this IServiceCollection services, SettlementOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<SettlementSignal>();
        services.AddSingleton<ChainWatch>();
        services.AddSingleton<OpeningFees>();
        services.AddSingleton<OpeningFeeWatch>();
        services.AddSingleton<ChannelOpenings>();
        services.AddSingleton<ChannelDirectory>();
        services.AddSingleton<CooperativeCloser>();
        services.AddSingleton<ClosingWatch>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ClaimOutbox>(provider, options.MaxRowsPerClaim));
        services.AddSingleton<SettlementMetrics>();
        services.AddSingleton(provider => new ClaimTriggers(options, provider.GetRequiredService<RelayOptions>().Credit));
        services.AddSingleton<SettlementWorker>();
        services.AddSingleton<ChainReconciler>();
        return services;
    }
}
