using BttProxy.Relay.Reloading;
using Xunit;

namespace BttProxy.UnitTests.Relay.Reloading;

public sealed class WatchedFilesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void SwappedMount_IsAChange_ThoughTheLinkAndTheTimesStay()
    {
        // As Kubernetes mounts a ConfigMap: file -> ..data/file, ..data -> a directory for each version.
        var stamp = new DateTime(2026, 11, 28, 0, 0, 0, DateTimeKind.Utc);
        foreach (var (version, text) in new[] { ("..v1", "one"), ("..v2", "two") })
        {
            var file = Path.Combine(_directory.CreateSubdirectory(version).FullName, "policy.json");
            File.WriteAllText(file, text);
            File.SetLastWriteTimeUtc(file, stamp);
        }

        var (data, path) = (Path.Combine(_directory.FullName, "..data"), Path.Combine(_directory.FullName, "policy.json"));
        Directory.CreateSymbolicLink(data, "..v1");
        File.CreateSymbolicLink(path, Path.Combine("..data", "policy.json"));
        var before = WatchedFiles.Fingerprint([path]);
        Assert.Equal(before, WatchedFiles.Fingerprint([path]));

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "..v2");

        Assert.NotEqual(before, WatchedFiles.Fingerprint([path]));
    }

    [Fact]
    public void FileThatIsGone_IsAChange()
    {
        var path = Path.Combine(_directory.FullName, "relay.json");
        File.WriteAllText(path, "{}");
        var before = WatchedFiles.Fingerprint([path]);
        File.Delete(path);

        Assert.NotEqual(before, WatchedFiles.Fingerprint([path]));
    }
}
