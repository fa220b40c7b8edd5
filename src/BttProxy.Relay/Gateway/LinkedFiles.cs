using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using Microsoft.Extensions.Primitives;

namespace BttProxy.Relay.Gateway;

/// <summary>
/// A directory whose files may be links, as every file of a ConfigMap's volume is. The framework's provider gives a link's own length, and a
/// page would be cut off there.
/// </summary>
internal sealed class LinkedFiles(string directory) : IFileProvider, IDisposable
{
    private readonly PhysicalFileProvider _files = new(directory);

    public IFileInfo GetFileInfo(string subpath)
    {
        var found = _files.GetFileInfo(subpath);
        return found is { Exists: true, PhysicalPath: { } path } && File.ResolveLinkTarget(path, returnFinalTarget: true) is FileInfo target
            ? new PhysicalFileInfo(target)
            : found;
    }

    public IDirectoryContents GetDirectoryContents(string subpath) => _files.GetDirectoryContents(subpath);

    public IChangeToken Watch(string filter) => _files.Watch(filter);

    public void Dispose() => _files.Dispose();
}
