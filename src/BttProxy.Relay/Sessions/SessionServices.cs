using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Protocol.Payments;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Metering;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Pricing;

namespace BttProxy.Relay.Sessions;

internal static class SessionServices
{
    /// <summary>Sessions, vouchers and the meter.</summary>
    public static IServiceCollection AddSessions(
        this IServiceCollection services, RelayOptions options, NetworkDescription network, RelayRecordSource records, RelayKeys keys)
    {
        services.AddSingleton(PolicyOf(options, network, records.Payee, keys));
        services.AddSingleton(new SessionRegistry(options.Credit.MaxSessions));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<MeteringContext>(provider, options.Credit.CreditWait));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SessionSweeper>(provider, options.Credit.SessionIdleTimeout));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RefusedOpens>(provider, options.Credit.MaxRefusedOpensPerMinute));
        services.AddSingleton<Exposure>();
        services.AddSingleton<ExposureWatch>();
        services.AddSingleton<StripedLock<ChannelId>>();
        services.AddSingleton<OfferedVouchers>();
        services.AddSingleton<SessionOpener>();
        services.AddSingleton<SessionCloser>();
        services.AddSingleton<SessionSaver>();
        services.AddSingleton<SessionClosing>();
        services.AddSingleton<VoucherDesk>();
        services.AddSingleton<RelayBooksReader>();
        services.AddSingleton<PriceClock>();
        services.AddSingleton<Hibernation>();
        services.AddSingleton<ActiveResponses>();
        services.AddSingleton<QuotaWatch>();
        return services;
    }

    /// <summary>What a voucher must be to be worth something to this relay.</summary>
    public static VoucherPolicy PolicyOf(RelayOptions options, NetworkDescription network, TronAddress payee, RelayKeys keys) => new()
    {
        Domain = network.Domain,
        Token = network.Token,
        Payee = payee,
        PayeeAuthorizer = keys.Authorizer.Address,
        MinWithdrawDelay = (ulong)options.Offer.MinimumWithdrawDelay.TotalSeconds,
        MaxUnclaimedPerPayer = options.Credit.MaxUnclaimedPerPayer,
        MaxUnclaimedTotal = options.Credit.MaxUnclaimedTotal,
    };
}
