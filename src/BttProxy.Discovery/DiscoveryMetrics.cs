using System.Diagnostics.Metrics;

namespace BttProxy.Discovery;

/// <summary>How well this relay can be found.</summary>
internal sealed class DiscoveryMetrics
{
    private readonly Counter<long> _published;
    private readonly Counter<long> _announced;
    private readonly Gauge<int> _copies;
    private readonly Gauge<int> _announcedTo;

    public DiscoveryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("BttProxy");
        _published = meter.CreateCounter<long>("bttproxy.discovery.records_published", "{record}", "Times the relay's record was stored in the DHT");
        _announced = meter.CreateCounter<long>("bttproxy.discovery.announcements", "{announcement}", "Times the relay announced itself at the rendezvous");
        _copies = meter.CreateGauge<int>("bttproxy.dht.store.copies", "{node}", "DHT nodes from which the newest record was read back");
        _announcedTo = meter.CreateGauge<int>("bttproxy.discovery.announced_nodes", "{node}", "DHT nodes that took the last announcement");
    }

    public void Published(int copies)
    {
        _published.Add(1);
        _copies.Record(copies);
    }

    public void Announced(int nodes)
    {
        _announced.Add(1);
        _announcedTo.Record(nodes);
    }
}
