using System.Diagnostics.Metrics;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Sessions;
using BttProxy.Relay.Settlement;

namespace BttProxy.Relay.Observability;

/// <summary>What is looked up at a gateway when somebody asks, and not counted.</summary>
internal static class RelayGauges
{
    public static void Observe(IServiceProvider gateway, TlsIdentity tls, IMeterFactory meters)
    {
        var credit = gateway.GetRequiredService<RelayOptions>().Credit;
        var records = gateway.GetRequiredService<RelayRecordSource>();
        var sessions = gateway.GetRequiredService<SessionRegistry>();
        var exposure = gateway.GetRequiredService<Exposure>();
        var chain = gateway.GetRequiredService<ChainWatch>();
        var expiry = new DateTimeOffset(tls.Certificate.NotAfter.ToUniversalTime()).ToUnixTimeSeconds();
        var metrics = gateway.GetRequiredService<RelayMetrics>();
        metrics.WatchOverload(OverloadCause.Sessions, () => sessions.IsFull);
        metrics.WatchOverload(OverloadCause.Exposure, () => exposure.Total >= credit.MaxUnclaimedTotal);
        var meter = meters.Create(RelayMetrics.MeterName);
        meter.CreateObservableGauge(
            "bttproxy.relay.price", () => new Measurement<double>(Price(records.Price), new KeyValuePair<string, object?>("currency", "BTT")),
            "{unit}", "Whole tokens that a megabyte costs now.");
        var (quotas, hibernation) = (gateway.GetRequiredService<QuotaWatch>(), gateway.GetRequiredService<Hibernation>());
        meter.CreateObservableGauge(
            "bttproxy.relay.quota.used", () => quotas.Use.Select(static use => new Measurement<long>(use.Used, LabelValue.Tag("period", use.Period))),
            "By", "Content that clients got in this day and month.");
        meter.CreateObservableGauge(
            "bttproxy.relay.quota.limit", () => quotas.Use.Select(static use => new Measurement<long>(use.Limit ?? 0, LabelValue.Tag("period", use.Period))),
            "By", "The most that they get; 0 without a quota.");
        meter.CreateObservableGauge(
            "bttproxy.relay.hibernating", () => hibernation.IsOn ? 1 : 0, description: "1 while nothing is sold because a quota is used up.");
        meter.CreateObservableGauge("bttproxy.cert.expiry.timestamp", () => expiry, "s", "When the certificate ends, in seconds since 1970.");
        meter.CreateObservableGauge(
            "bttproxy.chain.fresh", () => chain.IsFresh ? 1 : 0, description: "0 while the view of the chain is too old to give credit.");
    }

    private static double Price(PricePerMegabyte price) => RelayMetrics.Btt(new TokenAmount(price.Units));
}
