using BttProxy.Protocol.Keys;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Pricing;
using BttProxy.Relay.Sessions;
using BttProxy.Relay.Settlement;

namespace BttProxy.Relay.Operations;

internal static class BooksServices
{
    /// <summary>Settlement and the operator's commands over a ledger that no gateway of this process writes to: there are no sessions.</summary>
    public static IServiceCollection AddBooks(
        this IServiceCollection services, RelayOptions options, CurrentOffer offer, TimeProvider time)
    {
        services.AddMetrics();
        services.AddSingleton(time);
        services.AddSingleton(options);
        services.AddSingleton(offer);
        services.AddSingleton(new SessionRegistry(options.Credit.MaxSessions));
        services.AddSingleton<StripedLock<ChannelId>>();
        services.AddSingleton<Exposure>();
        services.AddSingleton<OfferedVouchers>();
        services.AddSingleton<SessionSaver>();
        services.AddSingleton<SessionCloser>();
        services.AddSettlement(options.Settlement);
        services.AddOperations();
        return services;
    }
}
