using System.Text;

namespace BttProxy.Relay.Hosting;

/// <summary>
/// A Unix socket of this relay: in the state directory, or in a directory of its own where that path is too long; the state directory then
/// says where.
/// </summary>
internal sealed class LocalSocket : IDisposable
{
    // Unix sockets' paths hold 104 bytes on some systems, 108 on others.
    private const int MaxPathBytes = 100;

    private readonly DirectoryInfo? _ownDirectory;
    private readonly string _pointer;

    private LocalSocket(string path, string pointer, DirectoryInfo? ownDirectory) =>
        (FilePath, _pointer, _ownDirectory) = (path, pointer, ownDirectory);

    public string FilePath { get; }

    /// <summary>A path that can be bound: what an earlier, killed process left there is removed.</summary>
    public static LocalSocket Prepare(StateDirectory state, string name)
    {
        var (path, pointer) = (state.PathOf(name), state.PathOf(PointerTo(name)));
        File.Delete(pointer);
        if (Encoding.UTF8.GetByteCount(path) <= MaxPathBytes)
        {
            File.Delete(path);
            return new LocalSocket(path, pointer, null);
        }

        var own = Directory.CreateTempSubdirectory("bttproxy-");
        var elsewhere = Path.Combine(own.FullName, name);
        state.WriteSecret(PointerTo(name), Encoding.UTF8.GetBytes(elsewhere));
        return new LocalSocket(elsewhere, pointer, own);
    }

    /// <summary>Where another process of this relay listens, or has listened; null when there is no trace of it.</summary>
    public static string? Find(StateDirectory state, string name)
    {
        var path = state.PathOf(name);
        if (File.Exists(path))
        {
            return path;
        }

        var pointer = new FileInfo(state.PathOf(PointerTo(name)));
        return pointer is { Exists: true, Length: > 0 and <= MaxPathBytes } ? File.ReadAllText(pointer.FullName) : null;
    }

    public void Dispose()
    {
        File.Delete(FilePath);
        File.Delete(_pointer);
        _ownDirectory?.Delete(recursive: true);
    }

    private static string PointerTo(string name) => name + ".path";
}
