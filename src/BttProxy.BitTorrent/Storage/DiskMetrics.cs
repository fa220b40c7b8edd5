using System.Diagnostics.Metrics;

namespace BttProxy.BitTorrent.Storage;

/// <summary>What is measured of a volume whose free space has a floor.</summary>
internal static class DiskMetrics
{
    private const string MeterName = "BttProxy";

    public static void Observe(DiskFloor floor, IMeterFactory? factory)
    {
        if (floor.IsOff || factory?.Create(MeterName) is not { } meter)
        {
            return;
        }
        meter.CreateObservableGauge("bttproxy.disk.free", () => Free(floor), "By", "Bytes free on the volume of the content.");
        meter.CreateObservableGauge("bttproxy.disk.floor", () => floor.MinFreeBytes, "By", "Bytes that must stay free there.");
        meter.CreateObservableGauge(
            "bttproxy.disk.stopped", () => floor.Failure is null ? 0 : 1, description: "1 while nothing is fetched for want of disk space.");
    }

    private static IEnumerable<Measurement<long>> Free(DiskFloor floor) => floor.FreeBytes is { } free ? [new(free)] : [];
}
