using System.Diagnostics.Metrics;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Settlement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Observability;

public sealed class SettlementMetricsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly SettlementMetrics _metrics;

    public SettlementMetricsTests()
    {
        _services = new ServiceCollection().AddMetrics().AddSingleton<RelayMetrics>().AddSingleton<SettlementMetrics>()
            .AddSingleton<TimeProvider>(_time).BuildServiceProvider();
        _metrics = _services.GetRequiredService<SettlementMetrics>();
    }

    public void Dispose() => _services.Dispose();

    [Fact] // [45: a part that dies silently]
    public void PartThatStandsStill_AgesInItsGaugeUntilItWorksAgain()
    {
        _metrics.Begin();
        Assert.Equal((0, 0), (Read("bttproxy.settlement.pass.age"), Read("bttproxy.settlement.reconcile.age")));
        _time.Advance(TimeSpan.FromSeconds(45));
        _metrics.Passed();
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal((20, 65), (Read("bttproxy.settlement.pass.age"), Read("bttproxy.settlement.reconcile.age")));
        _metrics.Reconciled(new ReconcileReport(0, 0, 0, 0));
        Assert.Equal((20, 0), (Read("bttproxy.settlement.pass.age"), Read("bttproxy.settlement.reconcile.age")));
    }

    [Fact]
    public void ProcessThatDoesNotSettle_IsNoAlarm()
    {
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal((0, 0), (Read("bttproxy.settlement.pass.age"), Read("bttproxy.settlement.reconcile.age")));
    }

    private double Read(string name)
    {
        using var gauge = new MetricCollector<double>(_services.GetRequiredService<IMeterFactory>(), RelayMetrics.MeterName, name);
        gauge.RecordObservableInstruments();
        return gauge.LastMeasurement!.Value;
    }
}
