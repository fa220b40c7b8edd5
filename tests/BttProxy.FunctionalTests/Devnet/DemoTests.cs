using System.Text.Json;
using BttProxy.FunctionalTests.Processes;
using Xunit;

namespace BttProxy.FunctionalTests.Devnet;

/// <summary>The program without arguments, as a new user starts it, with little content.</summary>
public sealed class DemoTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bttproxy-demo-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Demo_FetchesPaysClaimsAndBalancesTheBooks()
    {
        var json = Path.Combine(_directory.FullName, "books.json");
        await using var demo = Start("--size", "4MiB", "--json", json);

        Assert.Equal(0, await demo.ExitAsync(Deadline, Cancelled));

        using var books = JsonDocument.Parse(await File.ReadAllBytesAsync(json, Cancelled));
        var root = books.RootElement;
        Assert.True(root.GetProperty("contentOk").GetBoolean());
        Assert.True(root.GetProperty("booksBalance").GetBoolean());
        Assert.Equal(4 << 20, root.GetProperty("bytes").GetInt64());
        Assert.Matches("^[0-9a-f]{64}$", root.GetProperty("contentSha256").GetString());
        var relays = root.GetProperty("relays").EnumerateArray().ToList();
        Assert.Equal(3, relays.Count);
        Assert.Equal(3, relays.Select(relay => relay.GetProperty("pricePerMegabyte").GetString()).Distinct().Count());
        foreach (var relay in relays)
        {
            var price = UInt128.Parse(relay.GetProperty("pricePerMegabyte").GetString()!, null);
            var owed = price * (ulong)relay.GetProperty("bytesDelivered").GetInt64() / 1_000_000;
            Assert.Equal(owed.ToString(null, null), relay.GetProperty("paid").GetString());
            Assert.Equal(relay.GetProperty("paid").GetString(), relay.GetProperty("claimed").GetString());
        }

        Assert.Equal(4 << 20, relays.Sum(relay => relay.GetProperty("bytesDelivered").GetInt64()));
    }

    [Fact]
    public async Task OutputThatIsNoTerminal_HasPlainLinesOnly()
    {
        await using var demo = Start("--size", "1MiB");

        Assert.Equal(0, await demo.ExitAsync(Deadline, Cancelled));

        Assert.DoesNotContain('\u001b', demo.Output);
        Assert.Contains("chosen", demo.Output, StringComparison.Ordinal);
        Assert.Contains("figures agree", demo.Output, StringComparison.Ordinal);
        Assert.Empty(demo.Error);
        Assert.DoesNotMatch("(?m)^(Warning|Error|Critical): ", demo.Output);
        Assert.Equal([_directory.FullName + "/home"], Directory.GetFileSystemEntries(_directory.FullName));
    }

    [Fact]
    public async Task Interrupted_StopsAndLeavesNothingBehind()
    {
        await using var demo = Start("--size", "256MiB");
        await demo.LineAsync("Relay", Deadline, Cancelled);

        await demo.SignalAsync("INT", Cancelled);

        Assert.Equal(130, await demo.ExitAsync(Deadline, Cancelled));
        Assert.Empty(Directory.GetFileSystemEntries(_directory.FullName, "bttproxy-*"));
    }

    [Theory]
    [InlineData("--size takes", "--size", "12parsecs")]
    [InlineData("There is no directory", "--json", "/no/such/directory/books.json")]
    [InlineData("'--sice'", "--sice")]
    public async Task BadInput_GetsOneClearLine(string expected, params string[] args)
    {
        await using var demo = Start(args);

        Assert.NotEqual(0, await demo.ExitAsync(Deadline, Cancelled));
        Assert.Contains(expected, demo.Error, StringComparison.Ordinal);
        Assert.Single(demo.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>With temporary files and the home directory where the test can look at them.</summary>
    private ChildProgram Start(params string[] args)
    {
        var home = _directory.CreateSubdirectory("home").FullName;
        return ChildProgram.Start("bttproxy-devnet", args, new() { ["TMPDIR"] = _directory.FullName, ["HOME"] = home });
    }
}
