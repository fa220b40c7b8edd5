using BttProxy.Devnet.Content;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Content;

public sealed class ContentFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bttproxy-test-").FullName;

    /// <summary>The expected value was computed apart, from SplitMix64's definition.</summary>
    [Fact]
    public async Task SamePlan_GivesTheSameBytesEverywhere()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PlannedFile[] plan = [new("a/b", 1_048_577), new("c", 0), new("d", 5)];
        await ContentFiles.WriteAsync(_directory, plan, cancellationToken);

        var hash = await ContentFiles.HashAsync(plan.Select(file => Path.Combine(_directory, file.Path)), cancellationToken);

        Assert.Equal("d6e9c4908e584658d10a59951263c59e4fcf3b0d58c64a9d52b09be89fe0265c", hash);
    }

    [Fact]
    public async Task CutOffFile_IsWrittenAgainAndCompleteOneIsKept()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PlannedFile[] plan = [new("whole", 100_000), new("cut", 100_000)];
        await ContentFiles.WriteAsync(_directory, plan, cancellationToken);
        var expected = await File.ReadAllBytesAsync(Path.Combine(_directory, "cut"), cancellationToken);
        var written = File.GetLastWriteTimeUtc(Path.Combine(_directory, "whole"));
        await File.WriteAllBytesAsync(Path.Combine(_directory, "cut"), expected[..50_000], cancellationToken);

        await ContentFiles.WriteAsync(_directory, plan, cancellationToken);

        Assert.Equal(expected, await File.ReadAllBytesAsync(Path.Combine(_directory, "cut"), cancellationToken));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(_directory, "whole")));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
