using System.Text;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Worker;

/// <summary>Where the worker of this process listens: in the state directory, or in a directory of its own where that path is too long.</summary>
internal sealed class WorkerSocket : IDisposable
{
    // Unix sockets' paths hold 104 bytes on some systems, 108 on others.
    private const int MaxPathBytes = 100;

    private readonly DirectoryInfo? _ownDirectory;

    private WorkerSocket(string path, DirectoryInfo? ownDirectory)
    {
        FilePath = path;
        _ownDirectory = ownDirectory;
    }

    public string FilePath { get; }

    /// <summary>A path that can be bound: what an earlier, killed process left there is removed.</summary>
    public static WorkerSocket Prepare(StateDirectory state)
    {
        var path = state.PathOf("worker.sock");
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
        {
            var own = Directory.CreateTempSubdirectory("bttproxy-");
            return new WorkerSocket(Path.Combine(own.FullName, "worker.sock"), own);
        }

        File.Delete(path);
        return new WorkerSocket(path, null);
    }

    public void Dispose()
    {
        File.Delete(FilePath);
        _ownDirectory?.Delete(recursive: true);
    }
}
