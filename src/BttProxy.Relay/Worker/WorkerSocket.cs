using System.Text;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Worker;

/// <summary>Where the worker of this process listens.</summary>
internal static class WorkerSocket
{
    // Unix sockets' paths hold 104 bytes on some systems, 108 on others.
    private const int MaxPathBytes = 100;

    /// <summary>A path that can be bound: what an earlier, killed process left there is removed.</summary>
    public static string Prepare(StateDirectory state)
    {
        var path = state.PathOf("worker.sock");
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
        {
            path = Path.Combine(Directory.CreateTempSubdirectory("bttproxy").FullName, "worker.sock");
        }

        File.Delete(path);
        return path;
    }
}
