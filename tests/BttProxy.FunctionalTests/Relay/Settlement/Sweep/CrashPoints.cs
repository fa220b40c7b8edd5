using System.Diagnostics;

namespace BttProxy.FunctionalTests.Relay.Settlement.Sweep;

/// <summary>Counts the points at which settlement makes something durable or sends it, and kills the process at one of them.</summary>
internal sealed class CrashPoints(int killAt)
{
    private int _passed;

    public int Passed => Volatile.Read(ref _passed);

    public void Pass()
    {
        if (Interlocked.Increment(ref _passed) == killAt)
        {
            Process.GetCurrentProcess().Kill(); // SIGKILL
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
