using BttProxy.Relay.Gateway;
using Xunit;

namespace BttProxy.UnitTests.Relay.Gateway;

public sealed class LinkedFilesTests : IDisposable
{
    private const string Page = "<title>A page that is longer than the path to it</title>";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bttproxy-site-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>As a kubelet lays out a ConfigMap: the file is a link through a link to the folder of this moment.</summary>
    [Fact]
    public async Task FileOfAConfigMap_HasItsWholeLength()
    {
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "..2026"));
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "..2026", "index.html"), Page, TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(Path.Combine(_directory.FullName, "..data"), "..2026");
        File.CreateSymbolicLink(Path.Combine(_directory.FullName, "index.html"), "..data/index.html");
        using var files = new LinkedFiles(_directory.FullName);

        var found = files.GetFileInfo("/index.html");

        Assert.Equal((true, Page.Length, false), (found.Exists, found.Length, found.IsDirectory));
        using var reader = new StreamReader(found.CreateReadStream());
        Assert.Equal(Page, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task PlainFile_IsTheFrameworks()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "index.html"), Page, TestContext.Current.CancellationToken);
        using var files = new LinkedFiles(_directory.FullName);

        Assert.Equal(Page.Length, files.GetFileInfo("/index.html").Length);
        Assert.False(files.GetFileInfo("/../index.html").Exists);
        Assert.False(files.GetFileInfo("/other.html").Exists);
    }
}
