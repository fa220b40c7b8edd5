using BttProxy.Devnet;
using BttProxy.Devnet.World;
using Xunit;

namespace BttProxy.UnitTests.Devnet.World;

public sealed class StateDirectoryTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("bttproxy-test-").FullName;

    [Fact]
    public void SecondDevnetInOneDirectory_IsRefusedUntilTheFirstEnds()
    {
        var path = Path.Combine(_parent, "state");
        using (StateDirectory.Open(path))
        {
            var refusal = Assert.Throws<DevnetException>(() => StateDirectory.Open(path));
            Assert.Contains("running", refusal.Message, StringComparison.Ordinal);
        }

        StateDirectory.Open(path).Dispose();
    }

    [Fact]
    public void FileInPlaceOfTheDirectory_IsRefused()
    {
        var path = Path.Combine(_parent, "file");
        File.WriteAllText(path, "");
        Assert.Throws<DevnetException>(() => StateDirectory.Open(path));
    }

    [Fact]
    public void TemporaryDirectory_IsRemovedAtTheEnd()
    {
        var state = StateDirectory.Temporary();
        File.WriteAllText(Path.Combine(state.Root, "something"), "");

        state.Dispose();

        Assert.False(Directory.Exists(state.Root));
    }

    [Fact]
    public void NamedDirectory_IsKeptAndClosedToOthers()
    {
        var path = Path.Combine(_parent, "state");
        StateDirectory.Open(path).Dispose();

        Assert.True(Directory.Exists(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);
}
