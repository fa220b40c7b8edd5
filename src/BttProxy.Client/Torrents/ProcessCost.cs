using System.Diagnostics;

namespace BttProxy.Client.Torrents;

/// <summary>What this process has used so far.</summary>
internal readonly record struct ProcessCost(double CpuSeconds, long PeakMebibytes)
{
    public static ProcessCost Now()
    {
        using var process = Process.GetCurrentProcess();
        return new ProcessCost(Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 3), process.PeakWorkingSet64 >> 20);
    }
}
